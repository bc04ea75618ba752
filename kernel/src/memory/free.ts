/** Frees names and verifies it: what came back, what did not, and who holds the rest. */
import { formatBytes, type BytesByKind, type FreeRecord, type Holder } from '@heapmark/protocol';
import type { GlobalEntry } from '../runtime/context.js';
import type { FreedText } from '../ipc/heap.js';
import type { Collector } from './collect.js';
import type { FreedNames } from './heap/freed.js';
import { freedText, withHolders, type Watched } from './heap/survivors.js';
import { watchValue, type Probe } from './heap/watch.js';
import type { FreeOptions, MemoryContext } from './memory.js';
import { findHolders } from './paths.js';
import { SafeMap, weakRefDeref } from './primordials.js';
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
/** Among several freed values one of fewer bytes is not worth a word, whether it went or not. */
const TRIFLE = 1_024;
/** A primitive of at least so many bytes is told when they did not come back. */
const WORTH_TELLING = 65_536;

/** Less than this part of what was certain to come back did, and so many bytes are missing: something is held. */
const MISSING_SHARE = 0.5;
const MISSING_BYTES = 1_000_000;

interface Plan {
  readonly names: string[];
  readonly probes: Probe[];
  readonly primitives: { name: string; bytes: number; text: FreedText | null }[];
  readonly expected: number;
  /** What is certain of that. */
  readonly certain: number;
  /** Not all values were looked through: others may share what was to go. */
  readonly truncated: boolean;
  readonly sharedKept: FreeRecord['sharedKept'];
  readonly precision: FreeRecord['precision'];
}

/** Who is told of a free. */
export interface FreeListeners {
  /** What went where no cell is running. */
  freesOutside?: Settler['freesOutside'];
  /** What lives on. */
  freed?: FreedNames;
}

/** Deletes names, collects, and compares. */
export async function freeNames(
  names: readonly string[],
  context: MemoryContext,
  probes: Probes,
  collector: Collector,
  { reason = 'free', explain }: FreeOptions = {},
  listeners: FreeListeners = {},
): Promise<FreeRecord> {
  const start = probes.now();
  const tell = context.isRunning() ? undefined : listeners.freesOutside?.();
  const plan = planFree(names, context, probes);
  // A WeakRef keeps its target until the job that made it ends.
  await probes.macrotask();
  const before = await readBefore(probes, collector);
  const freed = context.globals.free(plan.names, reason);
  await probes.macrotask();
  const after = await readCarefully(probes, collector);
  tell?.(freed, before, after);
  const { record, values } = conclude(plan, freed, before, after, context, probes, start);
  const told = new Set(record.stillHeld.map(({ name }) => name));
  const texts = plan.primitives.flatMap(({ text }) => (text !== null && told.has(text.name) ? text : []));
  for (const name of freed) {
    const own = values.filter(({ of }) => of === name);
    listeners.freed?.remember(
      name,
      own,
      texts.filter((text) => text.name === name),
    );
  }
  return explain === undefined ? record : withHolders(record, values, texts, explain);
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
  const { walker, account, truncated } = measure(values, probes, SIZE_BUDGET, freed.length);
  const memory = probes.memory();
  const ceiling = memory.heapUsed + memory.external;
  const watched: Probe[] = [];
  const primitives: Plan['primitives'] = [];
  const sharedKept: FreeRecord['sharedKept'] = [];
  const told = new SafeMap<object, boolean>();
  const known = {
    goes(part: object): boolean {
      const node = walker.nodeOf(part);
      // What another global reaches stays, and is told as shared.
      return node >= 0 && account.keeperOf(node) === -1;
    },
    bytesOf: (part: object): number => Math.round(walker.graph.likely[walker.nodeOf(part)] ?? 0),
  };
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
    const probesOf = watchValue(name, value, bytes, known, told);
    for (let p = 0; p < probesOf.length; p++) watched[watched.length] = probesOf[p] as Probe;
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
    truncated,
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

function conclude(
  plan: Plan,
  freed: string[],
  before: Reading,
  after: Reading,
  context: MemoryContext,
  probes: Probes,
  start: number,
): { record: FreeRecord; values: Leftover[] } {
  const returned = withoutNoise(wentBetween(before, after), plan.expected);
  const back = (returned.heap ?? 0) + (returned.arrayBuffers ?? 0) + (returned.otherExternal ?? 0);
  const { stillHeld, sharedKept, values } = survivors(plan, context, probes);
  const held = [...stillHeld, ...primitivesKept(plan, back)];
  return {
    record: {
      freed,
      bytesExpected: plan.expected,
      bytesReturned: returned,
      stillHeld: held.length > 0 ? held : missing(plan, freed, back),
      sharedKept,
      precision: plan.precision,
      elapsedMs: Math.max(0, probes.now() - start),
    },
    values,
  };
}

/** Where much did not come back and nothing that is watched lives on, something deeper is held. */
function missing(plan: Plan, freed: readonly string[], back: number): FreeRecord['stillHeld'] {
  const bytes = plan.certain - back;
  if (bytes < MISSING_BYTES || bytes < plan.certain * MISSING_SHARE) return [];
  return [
    {
      name: `a part of ${freed.join(', ')}`,
      holder: null,
      reason: plan.truncated ? UNREAD_MAY_HOLD : OUT_OF_SIGHT,
      bytes,
    },
  ];
}

/** Where nothing was to go, what went below the noise of readings is V8's own. */
function withoutNoise(returned: BytesByKind, expected: number): BytesByKind {
  const { heap, arrayBuffers, otherExternal } = returned;
  const isNoise = (bytes: number | null): boolean => Math.abs(bytes ?? 0) < READING_NOISE;
  if (expected >= NOTHING || !isNoise(heap) || !isNoise(arrayBuffers) || !isNoise(otherExternal)) return returned;
  return { ...returned, heap: 0, arrayBuffers: 0, otherExternal: 0 };
}

const OUT_OF_SIGHT = 'no variable leads to it: a closure, timer, promise, listener or the running cell holds it';
const UNREAD_MAY_HOLD =
  'something holds it: another variable, as they were not all looked through in time, a closure, timer, promise or listener';
const SEARCH_ENDED = 'something holds it, and the search through the variables ended early';

/** A watched value or part that lives on, and the name that was freed. */
type Leftover = Watched & { of: string };

interface Survivors extends Pick<FreeRecord, 'stillHeld' | 'sharedKept'> {
  /** What somebody holds unexpectedly. */
  values: Leftover[];
}

/** Splits what is alive into values and parts that somebody holds unexpectedly, and parts that other variables share. */
function survivors(plan: Plan, context: MemoryContext, probes: Probes): Survivors {
  const alive: { probe: Probe; value: object }[] = [];
  const living = new Set<Probe>();
  for (const probe of plan.probes) {
    const value = weakRefDeref(probe.target);
    if (value === undefined) continue;
    living.add(probe);
    // Parts of what is alive itself need no word of their own.
    if (!isWithin(probe, living)) alive.push({ probe, value });
  }
  const found: Survivors = { stillHeld: [], sharedKept: [...plan.sharedKept], values: [] };
  if (alive.length === 0) return found;
  const { kept } = split([], context);
  const { holders, complete } = findHolders(
    kept,
    alive.map(({ value }) => value),
    probes,
  );
  const unseen = complete ? OUT_OF_SIGHT : SEARCH_ENDED;
  const told = new Set<string>();
  for (const { probe, value } of alive) {
    const { name, part, target, bytes } = probe;
    const holder: Holder | undefined = holders.get(value);
    if (part !== '' && holder !== undefined) {
      addShared(found.sharedKept, name, holder.path[0]?.name ?? '');
      continue;
    }
    found.values.push({ name: `${name}${part}`, of: name, target });
    // One part tells it of them all.
    if (told.has(name)) continue;
    told.add(name);
    const reason = holder === undefined ? unseen : 'still reachable from another variable';
    const whole = part === '' && bytes > 0 ? bytes : null;
    found.stillHeld.push({ name: `${name}${part}`, holder: holder?.text ?? null, reason, bytes: whole });
  }
  return found;
}

function isWithin(probe: Probe, living: ReadonlySet<Probe>): boolean {
  for (let outer = probe.within; outer !== null; outer = outer.within) if (living.has(outer)) return true;
  return false;
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
