/** The runaway corpus, pattern after pattern. */
import { patterns, type Pattern } from './patterns.js';
import { runPattern, type Outcome } from './run-pattern.js';

/** Share of the patterns that must leave the globals as they were. */
const SURVIVING_SHARE = 0.9;
const REACTION_MS = 3_000;
const PROCESS_LIMIT = 1_500_000_000;
const PATIENCE_MS = 180_000;

export interface RunawayOptions {
  /** MB; `null` for Node's own limit. */
  heapMb: number | null;
  /** Only patterns whose name contains this. */
  pattern: string | null;
}

/** Prints a line for each pattern; gives what was not reached. */
export async function runaway(options: RunawayOptions, print: (line: string) => void): Promise<string[]> {
  const { heapMb, pattern } = options;
  const chosen = patterns.filter(({ name }) => pattern === null || name.includes(pattern));
  const limits = { heapMb, processBytes: PROCESS_LIMIT, patienceMs: PATIENCE_MS };
  const outcomes: Outcome[] = [];
  print(`Runaway corpus, heap limit ${heapMb === null ? "Node's own" : `${heapMb} MB`}, ${chosen.length} patterns`);
  for (const each of chosen) {
    const outcome = await runPattern(each, limits).catch((error: unknown) => lost(each, error));
    outcomes.push(outcome);
    print(lineOf(outcome));
  }
  return verdict(outcomes, print);
}

function verdict(outcomes: Outcome[], print: (line: string) => void): string[] {
  const fronts = outcomes.filter(({ front }) => front).length;
  const globals = outcomes.filter((outcome) => outcome.globals).length;
  const reactions = outcomes.flatMap(({ globals: kept, reactionMs }) =>
    kept && reactionMs !== null ? [reactionMs] : [],
  );
  const slowest = Math.max(0, ...reactions);
  print(
    `front survived ${fronts} of ${outcomes.length}, globals ${globals} of ${outcomes.length}, slowest reaction ${slowest.toFixed(0)} ms`,
  );
  const failures: string[] = [];
  if (fronts < outcomes.length) failures.push(`the front survived only ${fronts} of ${outcomes.length} runaway cells`);
  if (globals < outcomes.length * SURVIVING_SHARE)
    failures.push(`globals survived only ${globals} of ${outcomes.length}`);
  if (slowest > REACTION_MS) failures.push(`a runaway cell was stopped after ${slowest.toFixed(0)} ms`);
  for (const { name, faults } of outcomes) for (const fault of faults) failures.push(`${name}: ${fault}`);
  return failures;
}

const lineOf = (outcome: Outcome): string =>
  [
    outcome.name.padEnd(36),
    (outcome.front ? 'front' : 'FRONT LOST').padEnd(11),
    (outcome.globals ? 'globals' : 'globals lost').padEnd(13),
    `${(outcome.elapsedMs / 1_000).toFixed(1)} s`.padStart(7),
    (outcome.reactionMs === null ? '-' : `${outcome.reactionMs.toFixed(0)} ms`).padStart(9),
    (outcome.frontPeak === null ? '-' : `${(outcome.frontPeak / 1e6).toFixed(0)} MB`).padStart(8),
    ` ${outcome.ename ?? 'ok'}: ${outcome.evalue.slice(0, 90)}`,
  ].join(' ');

const lost = ({ name }: Pattern, error: unknown): Outcome => ({
  name,
  ename: 'none',
  evalue: error instanceof Error ? error.message : String(error),
  front: false,
  globals: false,
  reactionMs: null,
  elapsedMs: 0,
  frontPeak: null,
  faults: [],
});
