/**
 * Frees names and verifies it: what was expected, what came back by the counters, and what is still alive and why.
 */
import type { FreeRecord } from '@heapmark/protocol';
import type { Collector } from './collector.js';
import { returned } from './difference.js';
import type { Probes } from './probes.js';
import { sampleNow } from './standing.js';

/** What is known of a name before it goes. */
export interface Candidate {
  name: string;
  /** Bytes the value reaches, and those that other names reach too; `null` when unknown. */
  bytes: number | null;
  sharedBytes: number | null;
  sharedWith: readonly string[];
}

/** A holder of a value that should have gone. */
export interface Survivor {
  holder: string | null;
  reason: string;
  bytes: number | null;
}

export interface FreeParts {
  /** Sizes of the names and with whom they share, and the bytes that nothing else reaches. */
  candidates(names: readonly string[]): { list: Candidate[]; expected: number | null };
  /** The value of a name; `undefined` when it has none. */
  valueOf(name: string): unknown;
  remove(names: readonly string[]): string[];
  /** What holds a value that is alive after all, among the names that are left. */
  survivor(name: string, value: object): Survivor;
  isRunning(): boolean;
}

const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

/**
 * Deletes names, collects once, and gives the record.
 *
 * Probes are made in a job of their own: a WeakRef keeps its target until the job that made or read it has ended.
 */
export async function freeNames(
  names: readonly string[],
  parts: FreeParts,
  collector: Collector,
  probes: Probes,
): Promise<FreeRecord> {
  const start = probes.now();
  const { list, expected } = parts.candidates(names);
  const watched = watch(names, parts);
  await probes.macrotask();
  const before = sampleNow(probes, parts.isRunning());
  const freed = parts.remove(names);
  const pause = await collector.thorough();
  await probes.macrotask();
  const after = sampleNow(probes, parts.isRunning());
  const stillHeld: FreeRecord['stillHeld'] = [];
  for (const [name, probe] of watched) {
    const value = freed.includes(name) ? probe.deref() : undefined;
    if (value !== undefined) stillHeld.push({ name, ...parts.survivor(name, value) });
  }
  return {
    freed,
    bytesExpected: expected,
    bytesReturned: returned(before, after),
    stillHeld,
    sharedKept: sharedKept(list, freed),
    precision: pause === null ? 'estimate' : 'exact',
    elapsedMs: probes.now() - start,
  };
}

function watch(names: readonly string[], parts: FreeParts): Map<string, WeakRef<object>> {
  const watched = new Map<string, WeakRef<object>>();
  for (const name of names) {
    const value = parts.valueOf(name);
    if (isObject(value)) watched.set(name, new WeakRef(value));
  }
  return watched;
}

/** Parts of freed values that names which stay reach too. */
function sharedKept(list: readonly Candidate[], freed: readonly string[]): FreeRecord['sharedKept'] {
  const gone = new Set(freed);
  const kept: FreeRecord['sharedKept'] = [];
  for (const { name, sharedBytes, sharedWith } of list) {
    const others = sharedWith.filter((other) => !gone.has(other));
    if (gone.has(name) && others.length > 0) kept.push({ name, with: others, bytes: sharedBytes });
  }
  return kept;
}
