import type { HeapSpaceInfo } from 'node:v8';
import type { CellRecord, MemoryDelta } from '@heapmark/protocol';
import type { DeclarationKind } from '../../../kernel/src/ipc/cell.js';
import type { CellInfo, GlobalEntry } from '../../../kernel/src/runtime/context.js';
import type { MemoryContext } from '../../../kernel/src/memory/memory.js';
import type { Probes } from '../../../kernel/src/memory/probes.js';
import { systemProbes } from '../../../kernel/src/memory/probes.js';

/** A notebook's globals without a runtime. */
export class FakeNotebook implements MemoryContext {
  private readonly entriesByName = new Map<string, GlobalEntry>();
  readonly onGlobalThis = new Map<string, GlobalEntry>();
  readonly records: CellRecord[] = [];
  readonly settings = { settlePauseLimitMs: 100, settleDelayMs: 1_000, variablesWanted: false };
  running = false;
  counters: MemoryDelta = { heapUsed: 10_000_000, arrayBuffers: 0, otherExternal: 0 };
  kernel: MemoryDelta = { heapUsed: 0, arrayBuffers: 0, otherExternal: 0 };
  cell = 1;

  readonly globals: MemoryContext['globals'];

  constructor() {
    const { entriesByName, onGlobalThis } = this;
    this.globals = {
      entries: () => [...entriesByName.values()],
      get: (name) => entriesByName.get(name),
      get size() {
        return entriesByName.size;
      },
      free: (names) => names.filter((name) => entriesByName.delete(name) || onGlobalThis.delete(name)),
      addedToGlobalThis: () => [...onGlobalThis.values()],
    };
  }

  define(name: string, value: unknown, kind: DeclarationKind = 'const'): void {
    this.entriesByName.set(name, this.entry(name, value, kind));
  }

  defineOnGlobalThis(name: string, value: unknown): void {
    this.onGlobalThis.set(name, this.entry(name, value, 'var'));
  }

  private entry(name: string, value: unknown, kind: DeclarationKind): GlobalEntry {
    const owner = { parentId: 'parent', cellId: `cell-${this.cell}`, executionCount: this.cell };
    return { name, kind, owner, defined: true, value };
  }

  isRunning(): boolean {
    return this.running;
  }

  settled(record: CellRecord): void {
    this.records.push(record);
  }

  currentCell(): null {
    return null;
  }

  ownCell(): null {
    return null;
  }

  pendingTimers(): [] {
    return [];
  }

  stdoutBetween(): boolean {
    return true;
  }

  usage(): MemoryDelta {
    return { ...this.counters };
  }

  rehearse(): Promise<void> {
    return Promise.resolve();
  }

  kernelBytes(): MemoryDelta {
    return { ...this.kernel };
  }
}

/** What a cell was, as the runtime tells it. */
export function cellInfo(executionCount: number, before: MemoryDelta, after: MemoryDelta): CellInfo {
  return {
    tag: { parentId: 'parent', cellId: `cell-${executionCount}`, executionCount },
    silent: false,
    status: 'ok',
    measure: { startedAt: 1_000 + executionCount, elapsedMs: 5, before, after },
    declares: [],
    source: `cell ${executionCount}`,
  };
}

/** Probes without waiting: the clock goes on by `tick` ms at each look, timers run when the test says so. */
export class FakeProbes implements Probes {
  time = 0;
  tick = 0;
  looks = 0;
  collections: string[] = [];
  collectable = true;
  pauseMs = 1;
  usedHeap = 1_000_000;
  active = 0;
  onCollect: (() => void) | null = null;
  onMacrotask: (() => void) | null = null;
  onPause: (() => void) | null = null;
  private timers: { at: number; run: () => void }[] = [];
  private readonly system = systemProbes();

  /** @param notebook whose counters are the process's. */
  constructor(private readonly notebook: Pick<FakeNotebook, 'counters'> = new FakeNotebook()) {}

  now(): number {
    this.looks++;
    this.time += this.tick;
    return this.time;
  }
  wallTime(): number {
    return 1_700_000_000_000 + this.time;
  }
  heap(): ReturnType<Probes['heap']> {
    return { ...this.system.heap(), used_heap_size: this.usedHeap };
  }
  spaces(): ReturnType<Probes['spaces']> {
    const [old, ...others] = this.system.spaces();
    const used = this.notebook.counters.heapUsed ?? 0;
    return [
      { ...(old as HeapSpaceInfo), space_name: 'old_space', space_used_size: used },
      ...others.map((space) => ({ ...space, space_used_size: 0 })),
    ];
  }
  memory(): ReturnType<Probes['memory']> {
    const { heapUsed, arrayBuffers, otherExternal } = this.notebook.counters;
    const external = (otherExternal ?? 0) + (arrayBuffers ?? 0);
    return { ...this.system.memory(), heapUsed: heapUsed ?? 0, arrayBuffers: arrayBuffers ?? 0, external };
  }
  rss(): number {
    return this.system.rss();
  }
  collect(kind: 'full' | 'minor'): boolean {
    if (!this.collectable) return false;
    this.collections.push(kind);
    this.time += this.pauseMs;
    this.onCollect?.();
    return true;
  }
  async macrotask(): Promise<void> {
    this.onMacrotask?.();
  }
  async pause(): Promise<void> {
    this.onPause?.();
  }
  later(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.time + delayMs, run: callback };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }
  activity(): number {
    return this.active;
  }
  random(): number {
    return 0.37;
  }
  /** Goes on by so many ms and runs what was due; resolves when what it began is over. */
  async pass(ms: number): Promise<void> {
    this.time += ms;
    const due = this.timers.filter(({ at }) => at <= this.time);
    this.timers = this.timers.filter(({ at }) => at > this.time);
    for (const { run } of due) run();
    // Everything that a timer begins goes on in microtasks here: macrotasks of the probes resolve at once.
    for (let i = 0; i < 100; i++) await Promise.resolve();
  }
  get waiting(): number {
    return this.timers.length;
  }
}
