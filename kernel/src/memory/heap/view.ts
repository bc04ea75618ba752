/**
 * What a heap snapshot tells of the runtime: exact sizes, holders, objects that went, a file for other tools. Each answer
 * costs seconds and a multiple of the heap, so the price is told first, and one that is too high is refused.
 */
import { freemem } from 'node:os';
import process from 'node:process';
import { getHeapSpaceStatistics } from 'node:v8';
import {
  ErrorCode,
  ProtocolError,
  type BytesByKind,
  type GcRecord,
  type Holder,
  type MemoryDiffRecord,
  type MemorySample,
  type SnapshotCost,
  type SnapshotFileRecord,
  type VariablesRecord,
  type WhyRecord,
} from '@heapmark/protocol';
import type {
  FreedText,
  GrownKind,
  HeapHolder,
  HeapMark,
  HeapQuestionMap,
  HeapWhy,
  SnapshotFigures,
} from '../../ipc/heap.js';
import { MagicError, type RuntimeContext } from '../../runtime/context.js';
import { holderText } from '../holder-text.js';
import { cellRefOf } from '../list/list.js';
import { finishCompiling } from '../size/natives.js';
import type { Explain, Memory, VariablesOptions } from '../memory.js';
import { SnapshotCosts, type HeapMake } from './cost.js';
import { withExactSizes } from './exact.js';
import type { Leftovers } from './freed.js';
import { holderOf, type Places } from './holder-words.js';
import { leftByAnswers, leftRecord, nothingLeft } from './left.js';
import { pinnedNote } from './pinned.js';
import type { Watched } from './survivors.js';
import { returnedBetween } from '../usage.js';

export interface SnapshotWish {
  /** Takes it whatever it costs. */
  force?: boolean | undefined;
}

export interface WhyOptions extends SnapshotWish {
  /** Every direct holder, counted. */
  all?: boolean | undefined;
  /** Looks into a snapshot where the walk finds no other holder. */
  snapshot?: boolean | undefined;
}

export interface HeapView {
  /** What a snapshot would cost now. */
  cost(): Promise<SnapshotCost>;
  /** The list of variables with retained sizes. */
  exact(options: VariablesOptions): Promise<VariablesRecord>;
  /** What keeps the value of a name alive; of a freed name, what lives on of its value. */
  why(name: string, options?: WhyOptions): Promise<WhyRecord>;
  /** Finds the holders of values whose names were freed, for {@link Memory.free}. */
  explain(wish?: SnapshotWish): Explain;
  /** Sets the mark that {@link diff} compares with. */
  mark(wish?: SnapshotWish): Promise<void>;
  /** What was added since the mark, by kind and holder; without a mark, sets one. */
  diff(wish?: SnapshotWish): Promise<MemoryDiffRecord>;
  /** Objects that went since the last call. */
  gone(wish?: SnapshotWish): Promise<Pick<GcRecord, 'collected' | 'collectedNote'>>;
  /** A place from which {@link grown} compares; a text says why no snapshot was taken. What it costs is not announced. */
  markForGrowth(wish?: SnapshotWish): Promise<HeapMark | string>;
  /** What has grown since, at most so many kinds, the largest first. `last`: the mark is not needed any longer. */
  grown(mark: HeapMark, most: number, last: boolean): Promise<GrownKind[]>;
  /** A holder that a snapshot found, in words. */
  holderOf(found: HeapHolder): Holder;
  /** Writes a snapshot; relative paths begin at the notebook's folder. */
  write(file: string, options?: SnapshotWish & { overwrite?: boolean | undefined }): Promise<SnapshotFileRecord>;
}

/** The part of the runtime and of its memory that is needed. */
type Context = Pick<RuntimeContext, 'ask' | 'emit' | 'globals' | 'isRunning' | 'labelOf' | 'stdout'>;
type Known = Pick<Memory, 'collect' | 'entry' | 'leftovers' | 'variables' | 'why'>;

/** Parts of the process that are asked; passed in so that tests need no large heaps. */
export interface HeapProbes {
  heap(): HeapMake;
  /** Memory that is free, bytes. */
  available(): number | null;
  rss(): number;
  now(): number;
}

/** V8's spaces for objects of over 128 kB. */
const LARGE_SPACES: ReadonlySet<string> = new Set(['large_object_space', 'new_large_object_space']);

const systemHeapProbes: HeapProbes = {
  heap() {
    let small = 0;
    let large = 0;
    for (const { space_name: name, space_used_size: used } of getHeapSpaceStatistics()) {
      if (LARGE_SPACES.has(name)) large += used;
      else if (name === 'new_space' || name === 'old_space' || name === 'map_space') small += used;
    }
    return { small, large };
  },
  available: () => (process as { availableMemory?: () => number }).availableMemory?.() ?? freemem(),
  rss: process.memoryUsage.rss,
  now: performance.now.bind(performance),
};

/** Shows a value whose name is gone to the front, for as long as the snapshot takes. Known there by this name. */
class HeapmarkFreedValue {
  constructor(
    readonly name: string,
    readonly value: object,
  ) {}
}

const MOST_TYPES = 40;

export function createHeapView(runtime: Context, memory: Known, probes: HeapProbes = systemHeapProbes): HeapView {
  const costs = new SnapshotCosts();
  const places: Places = {
    labelOf: (script) => runtime.labelOf(script),
    ownerOf: (name) => cellRefOf(runtime.globals.get(name)?.owner),
  };

  const available = async (): Promise<number | null> => {
    const free = probes.available();
    const { limit } = await runtime.ask('memlimit', { bytes: 'get' });
    const below = limit === null ? null : Math.max(0, limit - probes.rss());
    return free === null || below === null ? (below ?? free) : Math.min(free, below);
  };

  const predict = async (options: { quick?: boolean; force?: boolean }): Promise<SnapshotCost> =>
    costs.predict(probes.heap(), await available(), options);

  /** Says what it will cost; throws where that is too much. */
  const agree = async ({ force }: SnapshotWish): Promise<void> => {
    const cost = await predict({ force: force === true });
    if (cost.refused !== null)
      throw new MagicError(`No heap snapshot was taken: ${cost.refused}. --force (force: true) takes it all the same.`);
    announce(cost.text);
  };

  const announce = (text: string): void => {
    if (runtime.isRunning()) runtime.stdout(`${text}\n`);
    else runtime.emit({ name: 'progress', params: { id: 'snapshot', text, done: null, cancellable: false } });
  };

  const ask = async <K extends 'heapSizes' | 'heapWhy' | 'heapGone' | 'heapMark' | 'heapGrown'>(
    kind: K,
    params: HeapQuestionMap[K]['params'],
  ): Promise<HeapQuestionMap[K]['result']> => {
    // What V8's compiler threads work on they hold, and it would be told of as held by V8.
    finishCompiling();
    const heap = probes.heap();
    const answer = (await runtime.ask(kind, params)) as HeapQuestionMap[K]['result'] & { figures: SnapshotFigures };
    costs.learn(heap, answer.figures);
    return answer;
  };

  let mark: { heap: HeapMark; sample: MemorySample } | null = null;
  const setMark = async (): Promise<void> => {
    const { after } = await memory.collect();
    const { mark: heap } = await ask('heapMark', { lasting: true });
    mark = { heap, sample: after };
  };

  const whyBySnapshot = async (name: string, walked: WhyRecord, all: boolean): Promise<WhyRecord> => {
    const start = probes.now();
    const { answers } = await ask('heapWhy', { names: [name], texts: [], all });
    const answer = answers[name];
    if (answer === undefined || !answer.found)
      return { ...walked, reason: 'its value is a small number, which is stored in the name itself' };
    const [own] = walked.holders;
    const others = answer.holders.map((holder) => holderOf(holder, places));
    const pins = remedyOf(name, answer);
    return {
      ...walked,
      holders: own === undefined ? others : [own, ...others],
      holderCount: answer.holderCount,
      source: 'snapshot',
      reason: others.length > 0 ? (pins?.text ?? null) : (pins?.text ?? 'nothing else holds it'),
      remedy: pins?.remedy ?? walked.remedy,
      elapsedMs: walked.elapsedMs + Math.max(0, probes.now() - start),
    };
  };

  const remedyOf = (name: string, { pinned }: HeapWhy) =>
    pinned === null ? null : pinnedNote(name, memory.entry(name)?.value, pinned);

  const askAboutFreed = async (
    values: readonly Watched[],
    texts: readonly FreedText[],
    all: boolean,
  ): Promise<Record<string, HeapWhy>> => {
    const kept = values.map(({ name, target }) => shownIfAlive(name, target));
    const { answers } = await ask('heapWhy', { names: values.map(({ name }) => name), texts: [...texts], all });
    kept.length = 0;
    return answers;
  };

  /** Of a name that was freed: what was told to live on may have gone meanwhile. */
  const whyLeft = async (
    name: string,
    { values, texts }: Leftovers,
    { all = false, snapshot = true, force = false }: WhyOptions,
  ): Promise<WhyRecord> => {
    const start = probes.now();
    await memory.collect();
    if (texts.length === 0 && !values.some(({ target }) => isAlive(target))) return nothingLeft(name);
    if (all) await agree({ force });
    else {
      const cost = await predict({ quick: true, force });
      if (!snapshot) return leftRecord(name, true, 'a heap snapshot tells who holds what is left of it');
      if (cost.refused !== null)
        return leftRecord(name, true, `no heap snapshot was taken: ${cost.refused}. %why ${name} --force takes it`);
      announce(cost.text);
    }
    const answers = await askAboutFreed(values, texts, all);
    return { ...leftByAnswers(name, answers, places), elapsedMs: Math.max(0, probes.now() - start) };
  };

  return {
    cost: () => predict({}),

    async exact({ sort, limit, force, ...options }) {
      const start = probes.now();
      await agree({ force });
      const sizes = await ask('heapSizes', null);
      const walked = memory.variables({ ...options, ...(sort === undefined ? {} : { sort }) });
      const record = withExactSizes(walked, sizes, (name) => memory.entry(name)?.value, { sort, limit });
      return { ...record, elapsedMs: Math.max(0, probes.now() - start) };
    },

    async why(name, options = {}) {
      const { all = false, snapshot = true, force = false } = options;
      const left = memory.entry(name) === undefined ? memory.leftovers(name) : null;
      if (left !== null) return whyLeft(name, left, options);
      const walked = memory.why(name);
      if (!walked.alive) return walked;
      if (all) {
        await agree({ force });
        return whyBySnapshot(name, walked, true);
      }
      if (walked.holders.length > 1 || !snapshot || !hasNode(memory, name)) return walked;
      const cost = await predict({ quick: true, force });
      if (cost.refused !== null) {
        return {
          ...walked,
          reason: `the walk found no other holder, and no heap snapshot was taken: ${cost.refused}. %why ${name} --force takes it all the same`,
        };
      }
      announce(cost.text);
      return whyBySnapshot(name, walked, false);
    },

    explain: (wish = {}) =>
      async function explain(values, texts) {
        const found = new Map<string, { holder: Holder | null; reason: string | null }>();
        const cost = await predict({ force: wish.force === true });
        if (cost.refused !== null) {
          const reason = `no heap snapshot was taken: ${cost.refused}. --force takes it all the same`;
          for (const { name } of [...values, ...texts]) found.set(name, { holder: null, reason });
          return found;
        }
        announce(cost.text);
        const answers = await askAboutFreed(values, texts, false);
        for (const [name, { found: alive, holders }] of Object.entries(answers)) {
          const [holder] = holders;
          found.set(name, {
            holder: holder === undefined ? null : holderOf(holder, places),
            reason: alive ? null : 'it is gone: a collection took it after the measurement',
          });
        }
        return found;
      },

    async mark(wish = {}) {
      await agree(wish);
      await setMark();
    },

    async diff(wish = {}) {
      const start = probes.now();
      const elapsed = (): number => Math.max(0, probes.now() - start);
      await agree(wish);
      if (mark === null) {
        await setMark();
        return { since: null, change: NO_CHANGE, added: [], note: FIRST_MARK, elapsedMs: elapsed() };
      }
      const { after } = await memory.collect();
      const { kinds } = await ask('heapGrown', { mark: mark.heap, most: MOST_TYPES, last: false });
      return {
        since: mark.sample.time,
        change: changeSince(mark.sample, after),
        added: kinds.map(({ kind, count, bytes, holder }) => {
          const found = holder === null ? null : holderOf(holder, places);
          return {
            type: kind,
            count,
            bytes,
            holder: found === null ? null : holderText(found.path, 'object'),
            cell: found?.cell ?? null,
          };
        }),
        note: null,
        elapsedMs: elapsed(),
      };
    },

    async gone(wish = {}) {
      await agree(wish);
      const { gone } = await ask('heapGone', null);
      if (gone === null)
        return {
          collected: null,
          collectedNote:
            'the first count draws the line: the next %gc --count tells which of the objects that are alive now have gone by then',
        };
      const more = gone.length - MOST_TYPES;
      return {
        collected: gone.slice(0, MOST_TYPES),
        collectedNote: `objects that were alive at the last count and have gone since, the kernel's own among them${more > 0 ? `; ${more} more kinds` : ''}`,
      };
    },

    async markForGrowth({ force = false } = {}) {
      const cost = await predict({ force });
      if (cost.refused !== null) return `no heap snapshot was taken: ${cost.refused}. --force takes it all the same`;
      return (await ask('heapMark', null)).mark;
    },

    grown: async (mark, most, last) => (await ask('heapGrown', { mark, most, last })).kinds,

    holderOf: (found) => holderOf(found, places),

    async write(file, { overwrite = false, force = false } = {}) {
      const start = probes.now();
      const named = fileOf(file);
      await agree({ force });
      const { path, bytes } = await runtime.ask('heapFile', { path: named, overwrite });
      return { path, bytes, elapsedMs: Math.max(0, probes.now() - start) };
    },
  };
}

const SUFFIX = '.heapsnapshot';

/** Chrome DevTools opens files of this ending alone. */
function fileOf(file: string): string {
  if (file.trim() === '') throw new MagicError('A heap snapshot needs the name of a file: %mem --snapshot FILE');
  return file.endsWith(SUFFIX) ? file : `${file}${SUFFIX}`;
}

const NO_CHANGE: BytesByKind = { heap: null, arrayBuffers: null, otherExternal: null, tensors: null, rss: null };
const FIRST_MARK = 'this sets the mark: the next %mem --diff tells what was added by then';

/** What is there now and was not then: the other way round than what comes back. */
function changeSince(then: MemorySample, now: MemorySample): BytesByKind {
  const { heap, arrayBuffers, otherExternal, rss } = returnedBetween(now, then);
  return { heap, arrayBuffers, otherExternal, tensors: null, rss };
}

/**
 * Small integers, truth values and the like live in the name itself; a snapshot has no node for them. A call of its own
 * forgets the value: one that a waiting function keeps would be found as its holder.
 */
function hasNode(memory: Known, name: string): boolean {
  const value = memory.entry(name)?.value;
  return (typeof value === 'object' && value !== null) || typeof value === 'function' || typeof value === 'string';
}

/** In a call of its own, as below. */
const isAlive = (target: WeakRef<object>): boolean => target.deref() !== undefined;

/** In a call of its own, so that no register of a waiting function holds the value. */
const shownIfAlive = (name: string, target: WeakRef<object>): HeapmarkFreedValue | null => {
  const value = target.deref();
  return value === undefined ? null : new HeapmarkFreedValue(name, value);
};

/** A snapshot of a heap that a cell is changing answers nothing: requests wait for the cell. */
export function refuseWhileRunning(runtime: Pick<RuntimeContext, 'isRunning'>): void {
  if (runtime.isRunning())
    throw new ProtocolError(
      ErrorCode.busy,
      'A cell is running, and a heap snapshot would stop it: ask again when it is over.',
    );
}
