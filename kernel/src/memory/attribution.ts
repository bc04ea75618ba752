/** Which variables made a change: cheap sizes by name, before and after. */
import type { VariableChange } from '@heapmark/protocol';
import type { GlobalEntry } from '../runtime/context.js';
import type { MemoryContext } from './memory.js';
import type { Probes } from './probes.js';
import { SAMPLED, UNREAD, UNWALKABLE } from './size/graph.js';
import { measure } from './size/measure.js';
import type { Reach } from './size/account.js';

/** Time for one census, ms: it runs in idle time. */
const CENSUS_BUDGET = 20;
/** Changes below are noise. */
const WORTH_NAMING = 1_024;
/** A sampled size changes by so much without any cause. */
const SAMPLING_NOISE = 0.02;
const MOST_NAMED = 20;

interface Size {
  readonly bytes: number;
  readonly precision: VariableChange['precision'];
  readonly sampled: boolean;
}

/** Sizes by name at a moment; what names share counts for the one declared first, so that they add up. */
export type Census = ReadonlyMap<string, Size>;

/** Takes a census of all names, functions and imports too. Samples are drawn at the same places each time. */
export function takeCensus(context: MemoryContext, probes: Probes): Census {
  const entries: GlobalEntry[] = [...context.globals.entries(), ...context.globals.addedToGlobalThis()];
  const values = entries.map(({ value }) => value);
  const steady = { now: () => probes.now(), random: () => 0.5 };
  const { account } = measure(values, steady, CENSUS_BUDGET);
  const census = new Map<string, Size>();
  entries.forEach(({ name }, index) => {
    const { flags } = account.reaches[index] as Reach;
    const sampled = (flags & SAMPLED) !== 0;
    const precision = sampled ? 'estimate' : (flags & (UNWALKABLE | UNREAD)) !== 0 ? 'atLeast' : 'exact';
    census.set(name, { bytes: account.own[index] ?? 0, precision, sampled });
  });
  return census;
}

/** Names that appeared, grew, shrank or went, the largest change first, and the rest of `delta` as `unattributed`. */
export function changesBetween(before: Census, after: Census, delta: number | null): VariableChange[] {
  const changes: VariableChange[] = [];
  const add = (name: string, change: VariableChange['change'], bytes: number, precision: Size['precision']): void => {
    if (Math.abs(bytes) >= WORTH_NAMING) changes.push({ name, change, bytes: Math.round(bytes), precision });
  };
  for (const [name, now] of after) {
    const then = before.get(name);
    if (then === undefined) {
      add(name, 'appeared', now.bytes, now.precision);
      continue;
    }
    const change = now.bytes - then.bytes;
    const noise = now.sampled || then.sampled ? SAMPLING_NOISE * Math.max(now.bytes, then.bytes) : 0;
    if (Math.abs(change) > noise)
      add(name, change > 0 ? 'grew' : 'shrank', change, now.sampled ? now.precision : then.precision);
  }
  for (const [name, then] of before) if (!after.has(name)) add(name, 'gone', -then.bytes, then.precision);
  changes.sort((a, b) => Math.abs(b.bytes ?? 0) - Math.abs(a.bytes ?? 0));
  const named = changes.slice(0, MOST_NAMED);
  const attributed = named.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
  named.push({
    name: 'unattributed',
    change: 'unattributed',
    bytes: delta === null ? null : delta - attributed,
    precision:
      delta === null ? 'unavailable' : named.every(({ precision }) => precision === 'exact') ? 'exact' : 'estimate',
  });
  return named;
}
