/**
 * What the memory part of the runtime offers to magics, to the memory protocol and to the runtime's hooks.
 *
 * Nothing here runs code of the user: no getter, no proxy trap, no `toString`, no patched builtin.
 */
import type {
  CellRecord,
  ExpandRecord,
  FreeRecord,
  GcMark,
  GcRecord,
  GcThresholdRecord,
  Holder,
  MemoryDelta,
  MemoryRecord,
  MemorySample,
  RequestMap,
  VariablesRecord,
  WatchRecord,
  WhyRecord,
} from '@heapmark/protocol';
import type { FreedText } from '../ipc/heap.js';
import type { Leftovers } from './heap/freed.js';
import type { RuntimeSettings } from '../ipc/messages.js';
import type { HeapCounters } from './peak/collections.js';
import type { Probes } from './probes.js';
import type { CellInfo, GlobalEntry, GlobalsView, RuntimeContext } from '../runtime/context.js';

/** The part of the runtime that memory needs. A whole `RuntimeContext` fits. */
export interface MemoryContext extends Pick<
  RuntimeContext,
  'isRunning' | 'settled' | 'settings' | 'usage' | 'kernelBytes' | 'rehearse'
> {
  readonly globals: Pick<GlobalsView, 'entries' | 'get' | 'size' | 'free' | 'addedToGlobalThis'>;
}

/** What {@link Memory} needs beside it. */
export type WholeContext = MemoryContext &
  Pick<RuntimeContext, 'stdoutBetween' | 'currentCell' | 'ownCell' | 'pendingTimers'>;

/** Options of `vars()` and of the request `variables`. */
export type VariablesOptions = RequestMap['variables']['params'];

/** Which names a listing holds. `data`: what `%vars` lists and `free --all` frees; `plain`: what
 * `%check_global_variable` and `%who` list (no functions, imports, `_names`); `all`: every name, `globalThis`'s too. */
export type NameRule = 'data' | 'plain' | 'all';

/** A value in words, without running any of its code. */
export interface Description {
  type: string;
  shape: string | null;
  preview: string;
}

export interface FreeOptions {
  /** `reset` for `%reset` and its kin: what later reads of the name say. */
  reason?: 'free' | 'reset';
  /** Disposes the tensors that only these values hold. */
  dispose?: boolean;
  /** Asked about what is still alive where the walk finds no holder. */
  explain?: Explain;
}

/** Finds who holds values whose names are gone; by name, what it found, or the reason why it did not. */
export type Explain = (
  values: readonly { name: string; target: WeakRef<object> }[],
  texts: readonly FreedText[],
) => Promise<ReadonlyMap<string, { holder: Holder | null; reason: string | null }>>;

export interface CollectOptions {
  minor?: boolean;
  stats?: boolean;
}

/** Memory as the rest of the runtime sees it. */
export interface Memory {
  /** The user globals with their sizes; bounded in time (`budgetMs`, 50 by default). Synchronous. */
  variables(options?: VariablesOptions): VariablesRecord;
  /** Names by rule in the order of their declaration; no sizes are needed for `plain` and `all`. */
  names(rule: NameRule): string[];
  /** Names that a regular expression finds (`free --pattern`, `reset_selective`), among every defined name. */
  matching(pattern: RegExp): string[];
  /** Type, shape and preview of any value. */
  describe(value: unknown): Description;
  /** The entry of a defined name, those on `globalThis` too. */
  entry(name: string): GlobalEntry | undefined;
  /** One level of a value; `path[0]` is a name. Throws `ProtocolError` (usage) for a path that leads nowhere. */
  expand(path: readonly string[], from?: number, limit?: number): ExpandRecord;
  /** Other names bound to the very same object: what `%xdel -n` deletes too. Empty for primitives. */
  aliases(name: string): string[];
  /**
   * Deletes names, collects once, and tells what came back and what still holds the rest. Names that are not defined
   * are left out of `freed`: check them first with {@link entry}. Never rejects on a value's account.
   */
  free(names: readonly string[], options?: FreeOptions): Promise<FreeRecord>;
  /** What lived on of a freed name, or of a part of it; `null` when nothing is known to. */
  leftovers(name: string): Leftovers | null;
  /** The shortest path from another global to the value, by a bounded walk. */
  why(name: string): WhyRecord;
  /** A full collection (two with a macrotask between) or a minor one, and what it returned. */
  collect(options?: CollectOptions): Promise<GcRecord>;
  /** Whether collections in idle time confirm what cells cost; says so, and sets it when told. Until the runtime ends. */
  confirming(on?: boolean): boolean;
  /** Limits of V8's generations that are in force. */
  generations(): Promise<Omit<GcThresholdRecord, 'pending'>>;
  /** Expects a value to go. */
  track(value: object, label: string): void;
  /** Whether promises and the makers of handles are noted down; says so, and sets it when told. Before a collection. */
  watching(on?: boolean): boolean;
  /** What was to go and has not, after so many full collections (2 by default), and what lives on by itself. */
  watched(explain: Explain, after?: number): Promise<WatchRecord>;
  /** Whether each collection is printed as it happens; says so, and sets it when told. */
  printing(on?: boolean): boolean;
  /** The clock that measures here: milliseconds that never go back, and a call later on that keeps nothing alive. */
  readonly clock: Pick<Probes, 'now' | 'later' | 'macrotask'>;
  /** Where memory stands now. */
  sample(): MemorySample;
  /** `%mem`: sample, limits, the cells that took most, spaces. `cells` come from the front (`ask('cells')`). */
  report(cells: readonly CellRecord[]): MemoryRecord;
  /** Watches live tensors; the function ends it and gives their highest bytes, `null` where no library tells them. */
  watchTensors?(): () => number | null;
  /** Counters right now, bytes. About 10 us. */
  usage(): MemoryDelta;

  /** Hooks: wire these to the `Extension` of the same names. */
  cellBegins(): void;
  /** The highest of V8's counters before a collection of this cell; `null` without any. Ends the watch. */
  heapPeak(): HeapCounters | null;
  /** Takes in what collections have happened, and gives those since the last call; may interrupt any code. */
  lookAtHeap(): GcMark[];
  cellEnded(cell: CellInfo): void;
  quiet(quiet: boolean): void;
  settingsChanged(settings: RuntimeSettings): void;
  /** Stops observers and timers. */
  close(): void;
}
