/**
 * The function forms of the magics: what `import … from "heapmark"` gives to cells. Each returns a promise of the record
 * that its magic shows. Their declarations for the compiler stand in `resources/heapmark/index.d.ts`.
 */
import type {
  CellRecord,
  FreeRecord,
  GcRecord,
  GcThresholdRecord,
  GlobalNamesRecord,
  MemitRecord,
  MemlimitRecord,
  MemoryDiffRecord,
  MemoryRecord,
  SnapshotFileRecord,
  VariablesRecord,
  WhyRecord,
} from '@heapmark/protocol';
import {
  createHeapView,
  measurePeak,
  systemPeakProbes,
  type HeapView,
  type Memory,
  type PeakOptions,
  type VariablesOptions,
  type WhyOptions,
} from '../memory/index.js';
import { freeBlocks } from '../render/free.js';
import { gcBlocks, gcThresholdBlocks } from '../render/gc.js';
import { memitBlocks } from '../render/memit.js';
import { memlimitBlocks } from '../render/memlimit.js';
import { memoryDiffBlocks } from '../render/memory-diff.js';
import { cellsBlocks, memoryBlocks } from '../render/memory.js';
import { namesBlocks } from '../render/names.js';
import { snapshotFileBlocks } from '../render/snapshot-file.js';
import { variablesBlocks } from '../render/variables.js';
import { whyBlocks } from '../render/why.js';
import { MagicError, type RuntimeContext } from '../runtime/context.js';
import { definedNames } from './names.js';
import { readRegexp } from './regexp.js';
import { displayable } from './show.js';

export interface FreeOptions {
  /** What to free: names that are not defined are a mistake, and then nothing is freed. */
  names?: readonly string[];
  /** All that `vars()` lists; functions, classes, imports and `_names` stay. */
  all?: boolean;
  /** Names that this finds. */
  pattern?: string | RegExp;
  /** Disposes the tensors that only these values hold. */
  dispose?: boolean;
  /** Looks for holders in a heap snapshot where the walk finds none. */
  why?: boolean;
  /** Takes the snapshot whatever it costs. */
  force?: boolean;
}

export interface GcOptions {
  /** The young generation only. */
  minor?: boolean;
  /** Collections and pauses since the start. */
  stats?: boolean;
  /** Which objects went since the last count, by heap snapshots. */
  count?: boolean;
  /** Takes the snapshot whatever it costs. */
  force?: boolean;
  /** Whether each collection is printed as it happens, from now on. */
  debug?: boolean;
  /** Whether each record lists what was to go and has not, from now on; promises are noted down meanwhile. */
  watch?: boolean;
  /** Full collections that a tracked object may survive; 2 by default. */
  after?: number;
}

export interface GcThresholdOptions {
  /** Highest size of a semi-space in bytes; `null` for V8's own choice. Rounded up to a power of two of MiB. */
  semiSpace?: number | null;
  /** Limit of the old generation in bytes; `null` for V8's own choice. Rounded up to MiB. */
  oldSpace?: number | null;
}

export interface MemoryDiffOptions {
  /** Sets the mark anew afterwards. */
  mark?: boolean;
  /** Takes the snapshot whatever it costs. */
  force?: boolean;
}

export interface HeapmarkFunctions {
  vars(options?: VariablesOptions): Promise<VariablesRecord>;
  checkGlobalVariable(options?: { values?: boolean }): Promise<GlobalNamesRecord>;
  free(...names: (string | FreeOptions)[]): Promise<FreeRecord>;
  gc(options?: GcOptions): Promise<GcRecord>;
  why(name: string, options?: WhyOptions): Promise<WhyRecord>;
  heapSnapshot(file: string, options?: { overwrite?: boolean; force?: boolean }): Promise<SnapshotFileRecord>;
  gcThreshold(options?: GcThresholdOptions): Promise<GcThresholdRecord>;
  track<T extends object>(value: T, label?: string): T;
  memory(): Promise<MemoryRecord>;
  memoryMark(options?: { force?: boolean }): Promise<void>;
  memoryDiff(options?: MemoryDiffOptions): Promise<MemoryDiffRecord>;
  memlimit(bytes?: number | null): Promise<MemlimitRecord>;
  cells(): Promise<CellRecord[]>;
  memit(code: () => unknown, options?: PeakOptions): Promise<MemitRecord>;
}

/** The functions of one runtime. */
export function createFunctions(
  runtime: RuntimeContext,
  memory: Memory,
  heap: HeapView = createHeapView(runtime, memory),
): HeapmarkFunctions {
  return {
    async vars(options = {}) {
      const record = options.exact === true ? await heap.exact(options) : memory.variables(options);
      return displayable(record, variablesBlocks);
    },
    async checkGlobalVariable({ values = false } = {}) {
      const names = memory.names('plain');
      const described = values ? names.map((name) => valueOf(memory, name)) : null;
      return displayable({ names, values: described }, namesBlocks);
    },
    async free(...words) {
      const names = toFree(memory, words);
      const wishes = words.filter((word) => typeof word === 'object');
      const wish = wishes.find(({ why }) => why === true);
      const dispose = wishes.some((each) => each.dispose === true);
      const record =
        wish === undefined && !dispose
          ? await memory.free(names)
          : await memory.free(names, {
              dispose,
              ...(wish === undefined ? {} : { explain: heap.explain({ force: wish.force }) }),
            });
      return displayable(record, freeBlocks);
    },
    async gc({ minor = false, stats = false, count = false, force = false, debug, watch, after } = {}) {
      if (after !== undefined && !(Number.isInteger(after) && after >= 1))
        throw new MagicError('after is a whole number of collections, 1 or more.');
      if (debug !== undefined) memory.printing(debug);
      const watching = memory.watching(watch);
      const record = await memory.collect({ minor, stats });
      const gone = count ? await heap.gone({ force }) : {};
      const watched = watching ? { watch: await memory.watched(heap.explain({ force }), after) } : {};
      return displayable({ ...record, ...gone, ...watched }, gcBlocks);
    },
    track(value, label) {
      if ((typeof value !== 'object' && typeof value !== 'function') || value === null)
        throw new MagicError('track needs an object: texts and numbers have no identity that could be watched.');
      const { type } = memory.describe(value);
      memory.track(value, label ?? type);
      return value;
    },
    async why(name, options = {}) {
      const wasFreed = memory.entry(name) === undefined && memory.leftovers(name) !== null;
      const [known] = wasFreed ? [name] : definedNames(memory, [name]);
      return displayable(await heap.why(known ?? name, options), whyBlocks);
    },
    async heapSnapshot(file, options = {}) {
      return displayable(await heap.write(file, options), snapshotFileBlocks);
    },
    async gcThreshold(options = {}) {
      const { pending } = await runtime.ask('heapLimits', options).catch((cause: unknown) => {
        throw cause instanceof Error && cause.name === 'RangeError' ? new MagicError(cause.message, { cause }) : cause;
      });
      return displayable({ ...(await memory.generations()), pending }, gcThresholdBlocks);
    },
    async memoryMark({ force = false } = {}) {
      await heap.mark({ force });
    },
    async memoryDiff({ mark = false, force = false } = {}) {
      const record = await heap.diff({ force });
      if (mark && record.since !== null) await heap.mark({ force });
      return displayable(record, memoryDiffBlocks);
    },
    async memory() {
      return displayable(memory.report(await runtime.ask('cells', null)), memoryBlocks);
    },
    async memlimit(bytes) {
      if (typeof bytes === 'number' && !(bytes > 0))
        throw new MagicError('A memory limit is a number of bytes, above 0.');
      return displayable(await runtime.ask('memlimit', { bytes: bytes === undefined ? 'get' : bytes }), memlimitBlocks);
    },
    async cells() {
      return displayable(await runtime.ask('cells', null), cellsBlocks);
    },
    async memit(code, options = {}) {
      if (typeof code !== 'function') throw new MagicError('memit needs a function to run: memit(() => load()).');
      checkPeakOptions(options);
      const probes = systemPeakProbes({ ...memory.clock, collect: () => memory.collect() });
      const tensorPeak = memory.watchTensors?.() ?? (() => null);
      const { record } = await measurePeak(code, options, probes, runtime.aborted());
      return displayable({ ...record, tensorPeak: tensorPeak() }, memitBlocks);
    },
  };
}

function checkPeakOptions({ repeat = 1, timeout = 1, interval = 1 }: PeakOptions): void {
  if (!Number.isInteger(repeat) || repeat < 1) throw new MagicError('memit takes 1 or more runs.');
  if (!(timeout > 0)) throw new MagicError('The timeout of memit is a time in seconds, above 0.');
  if (!(interval > 0)) throw new MagicError('The interval of memit is a time in seconds, above 0.');
}

function valueOf(memory: Memory, name: string): { name: string; type: string; preview: string } {
  const { type, preview } = memory.describe(memory.entry(name)?.value);
  return { name, type, preview };
}

function toFree(memory: Memory, words: readonly (string | FreeOptions)[]): string[] {
  const written: string[] = [];
  const chosen: string[] = [];
  for (const word of words) {
    if (typeof word === 'string') {
      written.push(word);
      continue;
    }
    written.push(...(word.names ?? []));
    if (word.all === true) chosen.push(...memory.names('data'));
    if (word.pattern !== undefined) {
      chosen.push(
        ...memory.matching(
          typeof word.pattern === 'string'
            ? readRegexp(word.pattern)
            : new RegExp(word.pattern.source, word.pattern.flags.replace(/[gy]/g, '')),
        ),
      );
    }
  }
  if (words.length === 0) throw new MagicError('free needs a name, { all: true } or { pattern: /…/ }.');
  return [...new Set([...definedNames(memory, written), ...chosen])];
}
