/** Frees names and verifies it: what came back, what did not, and who holds the rest. */
import { formatBytes, type BytesByKind, type FreeRecord, type Holder } from '@heapmark/protocol';
import type { GlobalEntry } from '../runtime/context.js';
import type { FreedText } from '../ipc/heap.js';
import type { Collector } from './collect.js';
import { freedText, withHolders } from './heap/survivors.js';
import type { FreeOptions, MemoryContext } from './memory.js';
import { eachPart, type PartKind } from './parts.js';
import { findHolders } from './paths.js';
import { SafeMap, stringOf, weakRefDeref } from './primordials.js';
import type { Probes } from './probes.js';
import { READING_NOISE, readNow, readSteady, wentBetween, type Reading } from './reading.js';
import type { Settler } from './settle.js';
import { figureOf, type Reach } from './size/account.js';
import { measure } from './size/measure.js';
import { outside } from './size/outside.js';

/** Time to find out what is expected to come back, ms. */
const SIZE_BUDGET = 60;
/** The reading before the free, which takes garbage out of the account, is no steady one when a collection would take longer, ms. */
const LONGEST_BASELINE = 1_000;
/** Collections beyond the first pair only while one is expected to take no longer, ms. */
const SHORT_PAUSE = 300;
const ROUNDS = 4;
/** What is expected to go and is less is told from nothing by knowing, not by measuring, bytes. */
const NOTHING = 2_048;
/** Parts of each freed value that are watched besides the value itself. */
const WATCHED_PARTS = 24;
/** Among several freed values one of fewer bytes is not worth a word, whether it went or not. */
const TRIFLE = 1_024;
/** A primitive of at least so many bytes is told when they did not come back. */
const WORTH_TELLING = 65_536;

/** Something that should go: a value, or a large part of one. */
interface Probe {
  readonly name: string;
  /** `.rows`, `[0]`; empty for the value itself. */
  readonly part: string;
  readonly target: WeakRef<object>;
  readonly bytes: number;
}

interface Plan {
  readonly names: string[];
  readonly probes: Probe[];
  readonly primitives: { name: string; bytes: number; text: FreedText | null }[];
  readonly expected: number;
  /** What is certain of that. */
  readonly certain: number;
  readonly sharedKept: FreeRecord['sharedKept'];
  readonly precision: FreeRecord['precision'];
}

/**
 * Deletes names, collects, and compares.
 * @param freesOutside is told what went where no cell is running.
 */
export async function freeNames(
  names: readonly string[],
  context: MemoryContext,
  probes: Probes,
  collector: Collector,
  { reason = 'free', explain }: FreeOptions = {},
  freesOutside: Settler['freesOutside'] | null = null,
): Promise<FreeRecord> {
  const start = probes.now();
  const tell = context.isRunning() ? undefined : freesOutside?.();
  const plan = planFree(names, context, probes);
  // A WeakRef keeps its target until the job that made it ends.
  await probes.macrotask();
  const before = await readBefore(probes, collector);
  const freed = context.globals.free(plan.names, reason);
  await probes.macrotask();
  const after = await readCarefully(probes, collector);
  tell?.(freed, before, after);
  const record = conclude(plan, freed, before, after, context, probes, start);
  if (explain === undefined) return record;
  const watched = plan.probes.map(({ name, part, target }) => ({ name: `${name}${part}`, target }));
  const texts = plan.primitives.flatMap(({ text }) => text ?? []);
  return withHolders(record, watched, texts, explain);
}

/** More collections than two only where they are quick. */
async function readCarefully(probes: Probes, collector: Collector): Promise<Reading> {
  const rounds = collector.predictedPause() <= SHORT_PAUSE ? ROUNDS : 0;
  let steadiest: Reading | null = null;
  await readSteady(probes, collector, { rounds, goOn: () => true }, (reading) => (steadiest = reading));
  return steadiest ?? readNow(probes);
}

async function readBefore(probes: Probes, collector: Collector): Promise<Reading> {
  return collector.predictedPause() > LONGEST_BASELINE ? readNow(probes) : readCarefully(probes, collector);
}

/** What is expected, and weak references to watch. Holds no value when it is done: it is no part of an async function. */
function planFree(names: readonly string[], context: MemoryContext, probes: Probes): Plan {
  const { freed, kept } = split(names, context);
  const values: unknown[] = [];
  for (let i = 0; i < freed.length; i++) values[i] = (freed[i] as GlobalEntry).value;
  for (let i = 0; i < kept.length; i++) values[freed.length + i] = (kept[i] as GlobalEntry).value;
  const { walker, account } = measure(values, probes, SIZE_BUDGET, freed.length);
  const memory = probes.memory();
  const ceiling = memory.heapUsed + memory.external;
  const watched: Probe[] = [];
  const primitives: Plan['primitives'] = [];
  const sharedKept: FreeRecord['sharedKept'] = [];
  const told = new SafeMap<object, boolean>();
  for (let i = 0; i < freed.length; i++) {
    const { name, value, kind } = freed[i] as GlobalEntry;
    const { bytes, low } = figureOf(account.reaches[i] as Reach, ceiling);
    const { bytes: shared, keepers } = account.keptOf(i);
    if (shared > 0)
      sharedKept[sharedKept.length] = { name, with: namesAt(keepers, freed.length, kept), bytes: Math.round(shared) };
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) {
      // A concatenation or a slice may take far less than its characters.
      const text = typeof value === 'string' && low >= WORTH_TELLING ? freedText(name, value) : null;
      primitives[primitives.length] = { name, bytes: low, text };
      continue;
    }
    // Node and its module cache hold what was imported, and nobody expects that back.
    if (kind === 'import' || outside(value)) continue;
    if (freed.length > 1 && bytes < TRIFLE) continue;
    const watch = (target: object, part: string, size: number): void => {
      if (told.has(target)) return;
      told.set(target, true);
      watched[watched.length] = { name, part, target: new WeakRef(target), bytes: size };
    };
    watch(value, '', bytes);
    let parts = 0;
    eachPart(
      value,
      (part, kind, key) => {
        if (
          (typeof part !== 'object' && typeof part !== 'function') ||
          part === null ||
          parts >= WATCHED_PARTS ||
          kind === 'prototype'
        )
          return;
        const node = walker.nodeOf(part);
        // What another global reaches stays, and is told as shared.
        if (node < 0 || account.keeperOf(node) !== -1) return;
        parts++;
        watch(part, partName(kind, key), 0);
      },
      () => parts < WATCHED_PARTS,
    );
  }
  const expected = figureOf({ ...account.released, shared: 0, sharedWith: [], cutShort: false, views: [] }, ceiling);
  const named: string[] = [];
  for (let i = 0; i < freed.length; i++) named[i] = (freed[i] as GlobalEntry).name;
  return {
    names: named,
    probes: watched,
    primitives,
    expected: expected.bytes,
    certain: expected.low,
    sharedKept,
    precision: expected.precision,
  };
}

function split(names: readonly string[], context: MemoryContext): { freed: GlobalEntry[]; kept: GlobalEntry[] } {
  const wanted = new SafeMap<string, boolean>();
  for (let i = 0; i < names.length; i++) wanted.set(names[i] as string, true);
  const freed: GlobalEntry[] = [];
  const kept: GlobalEntry[] = [];
  for (const entry of context.globals.entries()) {
    if (wanted.delete(entry.name)) freed[freed.length] = entry;
    else kept[kept.length] = entry;
  }
  for (const entry of context.globals.addedToGlobalThis()) {
    if (wanted.delete(entry.name)) freed[freed.length] = entry;
    else kept[kept.length] = entry;
  }
  return { freed, kept };
}

function namesAt(indices: readonly number[], offset: number, kept: readonly GlobalEntry[]): string[] {
  const names: string[] = [];
  for (let i = 0; i < indices.length; i++) names[i] = (kept[(indices[i] as number) - offset] as GlobalEntry).name;
  return names;
}

const partName = (kind: PartKind, key: unknown): string => {
  if (kind === 'element') return `[${stringOf(key as number)}]`;
  if (kind === 'property') return typeof key === 'symbol' ? '[symbol]' : `.${stringOf(key as string)}`;
  return kind === 'internal'
    ? `'s ${stringOf(key as string).slice(4)}`
    : ` (${kind === 'setMember' ? 'a member' : 'an entry'})`;
};

function conclude(
  plan: Plan,
  freed: string[],
  before: Reading,
  after: Reading,
  context: MemoryContext,
  probes: Probes,
  start: number,
): FreeRecord {
  const returned = withoutNoise(wentBetween(before, after), plan.expected);
  const back = (returned.heap ?? 0) + (returned.arrayBuffers ?? 0) + (returned.otherExternal ?? 0);
  const { stillHeld, sharedKept } = survivors(plan, context, probes);
  return {
    freed,
    bytesExpected: plan.expected,
    bytesReturned: returned,
    stillHeld: [...stillHeld, ...primitivesKept(plan, back)],
    sharedKept,
    precision: plan.precision,
    elapsedMs: Math.max(0, probes.now() - start),
  };
}

/** Where nothing was to go, what went below the noise of readings is V8's own. */
function withoutNoise(returned: BytesByKind, expected: number): BytesByKind {
  const { heap, arrayBuffers, otherExternal } = returned;
  const isNoise = (bytes: number | null): boolean => Math.abs(bytes ?? 0) < READING_NOISE;
  if (expected >= NOTHING || !isNoise(heap) || !isNoise(arrayBuffers) || !isNoise(otherExternal)) return returned;
  return { ...returned, heap: 0, arrayBuffers: 0, otherExternal: 0 };
}

const OUT_OF_SIGHT =
  'not reached from any other variable: a closure, a pending timer or promise, a listener, or the cell that is running holds it';
const SEARCH_ENDED = 'the search through the other variables ended early; a closure, a timer or one of them holds it';

/** Splits what is alive into values and parts that somebody holds unexpectedly, and parts that other variables share. */
function survivors(plan: Plan, context: MemoryContext, probes: Probes): Pick<FreeRecord, 'stillHeld' | 'sharedKept'> {
  const alive: { probe: Probe; value: object }[] = [];
  for (const probe of plan.probes) {
    const value = weakRefDeref(probe.target);
    if (value === undefined) continue;
    // Parts of a value that is alive itself need no word of their own.
    if (probe.part !== '' && alive.some((other) => other.probe.name === probe.name && other.probe.part === ''))
      continue;
    alive.push({ probe, value });
  }
  const stillHeld: FreeRecord['stillHeld'] = [];
  const sharedKept = [...plan.sharedKept];
  if (alive.length === 0) return { stillHeld, sharedKept };
  const { kept } = split([], context);
  const { holders, complete } = findHolders(
    kept,
    alive.map(({ value }) => value),
    probes,
  );
  const loose = new Map<string, number>();
  for (const { probe, value } of alive) {
    const holder: Holder | undefined = holders.get(value);
    if (probe.part === '') {
      const reason =
        holder === undefined ? (complete ? OUT_OF_SIGHT : SEARCH_ENDED) : 'still reachable from another variable';
      stillHeld.push({ name: probe.name, holder: holder?.text ?? null, reason, bytes: probe.bytes });
    } else if (holder === undefined) {
      const told = loose.get(probe.name) ?? 0;
      loose.set(probe.name, told + 1);
      if (told > 0) continue;
      stillHeld.push({
        name: `${probe.name}${probe.part}`,
        holder: null,
        reason: `a part of it lives on: ${complete ? OUT_OF_SIGHT : SEARCH_ENDED}`,
        bytes: null,
      });
    } else {
      addShared(sharedKept, probe.name, holder.path[0]?.name ?? '');
    }
  }
  return { stillHeld, sharedKept };
}

function addShared(sharedKept: FreeRecord['sharedKept'], name: string, partner: string): void {
  const known = sharedKept.find((shared) => shared.name === name);
  if (known === undefined) sharedKept.push({ name, with: [partner], bytes: null });
  else if (!known.with.includes(partner)) known.with.push(partner);
}

/** Texts and numbers have no identity to watch: their bytes tell. */
function primitivesKept(plan: Plan, back: number): FreeRecord['stillHeld'] {
  const missing = plan.certain - back;
  return plan.primitives
    .filter(({ bytes }) => bytes >= WORTH_TELLING && missing >= bytes / 2)
    .map(({ name, bytes }) => ({
      name,
      holder: null,
      reason: `${formatBytes(Math.max(0, back))} came back of ${formatBytes(plan.certain)} expected: the same text is held elsewhere`,
      bytes,
    }));
}
