/** What is known of one kernel's memory, and what was done about it: state and signals, no view. */
import {
  ErrorCode,
  ProtocolError,
  type CellRecord,
  type EventMap,
  type ExpandRecord,
  type MemoryRecord,
  type MemorySample,
  type SnapshotCost,
  type Topic,
  type WhyRecord,
} from '@heapmark/protocol';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import type { MemoryEvent } from '../client/connection.js';
import type { KernelLink, LinkState } from '../client/link.js';
import { Actions, type Outcome } from './actions.js';
import { CacheList } from './cache-list.js';
import { CellHistory } from './cells.js';
import type { Interest } from './interests.js';
import { liveLimits, type LiveLimit } from './limits.js';
import { PauseHistory } from './pauses.js';
import { SampleHistory } from './samples.js';
import { Subscriber } from './subscriber.js';
import { TensorList } from './tensor-list.js';
import { VariableList } from './variable-list.js';

/** What part of a model changed. */
export type Aspect =
  'link' | 'samples' | 'cells' | 'variables' | 'chosen' | 'actions' | 'warning' | 'tensors' | 'caches';

/** A person has agreed to a heap snapshot. */
export interface SnapshotWish {
  /** It is taken whatever it costs. */
  readonly force: boolean;
}

export type MemoryWarning = EventMap['warning'] & { readonly at: number };

/** The timeline goes back this far. */
export const LONGEST_TIMELINE_MS = 8 * 3_600_000;

export class MemoryModel {
  readonly #link: KernelLink;
  readonly #now: () => number;
  readonly #changed = new Signal<this, Aspect>(this);
  readonly #cellChanged = new Signal<this, CellRecord | null>(this);
  readonly #subscriber: Subscriber;
  readonly #samples = new SampleHistory(LONGEST_TIMELINE_MS);
  readonly #cells = new CellHistory();
  /** Collections, as samples tell of them. */
  readonly pauses = new PauseHistory(LONGEST_TIMELINE_MS);
  #memory: MemoryRecord | null = null;
  #warning: MemoryWarning | null = null;
  #disposed = false;
  readonly #variables: VariableList;
  /** Tensors and devices. */
  readonly tensors: TensorList;
  /** Caches of the process. */
  readonly caches: CacheList;
  /** Free, collect, and what they measured. */
  readonly actions: Actions;

  /** @param now - milliseconds since 1970-01-01 UTC. */
  constructor(link: KernelLink, now: () => number) {
    this.#link = link;
    this.#now = now;
    this.actions = new Actions(link, now, {
      changed: () => this.#changed.emit('actions'),
      done: () => this.#fetch(this.#subscriber.topics.filter((topic) => topic !== 'cell')),
    });
    this.#variables = new VariableList(link, {
      changed: (aspect) => this.#changed.emit(aspect),
      failed: (error) => this.#failed(error),
      runningSince: () => this.#cells.running?.startedAt ?? null,
    });
    this.tensors = new TensorList(link, {
      changed: () => this.#changed.emit('tensors'),
      failed: (error) => this.#failed(error),
    });
    this.caches = new CacheList(link, {
      changed: () => this.#changed.emit('caches'),
      failed: (error) => this.#failed(error),
    });
    this.#subscriber = new Subscriber(link, {
      added: (topics) => this.#fetch(topics),
      failed: (error) => this.#failed(error),
    });
    link.stateChanged.connect(this.#onLink, this);
    link.event.connect(this.#onEvent, this);
  }

  get kernelId(): string {
    return this.#link.kernelId;
  }

  get changed(): ISignal<this, Aspect> {
    return this.#changed;
  }

  /** A cell's record came or changed; `null` when all of them may have. */
  get cellChanged(): ISignal<this, CellRecord | null> {
    return this.#cellChanged;
  }

  get linkStateChanged(): ISignal<KernelLink, LinkState> {
    return this.#link.stateChanged;
  }

  get linkState(): LinkState {
    return this.#link.state;
  }

  get samples(): SampleHistory {
    return this.#samples;
  }

  get latest(): MemorySample | null {
    return this.#samples.latest;
  }

  get limits(): LiveLimit[] {
    return liveLimits(this.#memory, this.latest, this.#samples.latestRss);
  }

  /** What the kernel says its figures do not show. */
  get notes(): readonly string[] {
    return this.#memory?.notes ?? [];
  }

  get cells(): CellHistory {
    return this.#cells;
  }

  /** The list of variables, and which of them are chosen. */
  get variables(): VariableList {
    return this.#variables;
  }

  /** The latest warning that nobody has put aside. */
  get warning(): MemoryWarning | null {
    return this.#warning;
  }

  get isDisposed(): boolean {
    return this.#disposed;
  }

  /** Shows something as long as the result is not disposed: the kernel sends only what is shown. */
  watch(interest: Interest): IDisposable {
    this.#link.want();
    return this.#subscriber.add(interest);
  }

  /** Asks the kernel for everything that is shown, once. */
  refresh(): void {
    if (this.#link.state.kind === 'ready') this.#fetch(this.#subscriber.topics);
    else this.#link.retry();
  }

  /** Resolves when it is known whether the kernel tells about its memory. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        const { kind } = this.#link.state;
        if (kind === 'idle' || kind === 'connecting') return;
        this.#link.stateChanged.disconnect(check);
        resolve();
      };
      this.#link.stateChanged.connect(check);
      check();
    });
  }

  dismissWarning(): void {
    this.#warning = null;
    this.#changed.emit('warning');
  }

  /** One level of a value. */
  expand(path: string[], from = 0, limit = 100): Promise<ExpandRecord> {
    return this.#link.request('expand', { path, from, limit });
  }

  /**
   * What keeps a value alive.
   * @param wish - without one no snapshot is taken; with one all holders are counted in one
   */
  why(name: string, wish: SnapshotWish | null, signal: AbortSignal): Promise<WhyRecord> {
    const how = wish === null ? { snapshot: false } : { all: true, force: wish.force };
    return this.#link.request('why', { name, ...how }, signal);
  }

  /** What a heap snapshot would cost now; rejects where the kernel takes none. */
  snapshotCost(): Promise<SnapshotCost> {
    return this.#link.request('snapshotCost', {});
  }

  /** Has every variable measured in a heap snapshot. */
  measureAll({ force }: SnapshotWish): Promise<Outcome> {
    return this.actions.measure((signal) => this.#variables.measure(force, signal));
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#link.dispose();
    Signal.clearData(this);
  }

  #onLink(_: KernelLink, state: LinkState): void {
    if (state.kind === 'lost' && (state.why === 'restarting' || state.why === 'dead')) this.#forget();
    this.#subscriber.renew();
    this.#changed.emit('link');
  }

  /** What the old runtime held is gone; its timeline stays. */
  #forget(): void {
    this.#cells.clear();
    this.#variables.clear();
    this.#memory = null;
    this.#warning = null;
    this.actions.forget();
    this.tensors.forget();
    this.caches.forget();
    this.#cellChanged.emit(null);
    for (const aspect of ['cells', 'warning'] as const) this.#changed.emit(aspect);
  }

  /** Asks for what the events of these topics continue. */
  #fetch(topics: readonly Topic[]): void {
    if (topics.includes('sample')) this.#ask(this.#link.request('memory', {}), (record) => this.#takeMemory(record));
    if (topics.includes('cell')) this.#ask(this.#link.request('cells', {}), ({ cells }) => this.#takeCells(cells));
    if (topics.includes('variables')) this.#variables.fetch();
  }

  /** A figure that cannot be had stays as it was: unknown, or old and shown as old. */
  #ask<T>(answer: Promise<T>, take: (value: T) => void): void {
    answer.then(
      (value) => {
        if (!this.#disposed) take(value);
      },
      (error: unknown) => this.#failed(error),
    );
  }

  #failed(error: unknown): void {
    if (!isPassing(error)) this.actions.fail(error);
  }

  #onEvent(_: KernelLink, event: MemoryEvent): void {
    switch (event.name) {
      case 'sample':
        this.#samples.add(event.payload);
        this.pauses.add(event.payload);
        this.#changed.emit('samples');
        break;
      case 'cell':
        this.#cells.put(event.payload.cell);
        this.#takeEnd(event.payload.cell);
        this.#cellChanged.emit(event.payload.cell);
        this.#changed.emit('cells');
        break;
      case 'variables':
        this.#variables.announced(event.payload);
        break;
      case 'warning':
        this.#warn(event.payload);
        break;
      case 'progress':
        this.actions.progress(event.payload);
    }
  }

  #warn(warning: EventMap['warning']): void {
    this.#warning = { ...warning, at: this.#now() };
    this.#changed.emit('warning');
    // The runtime is another one: what was known of the old one no longer holds.
    if (warning.kind === 'runtimeDied' || warning.kind === 'runtimeReset') this.#fetch(this.#subscriber.topics);
  }

  #takeMemory(record: MemoryRecord): void {
    this.#memory = record;
    this.#samples.add(record.sample);
    this.#changed.emit('samples');
  }

  /** What was measured at the end of a cell is a sample too, and there before the next one comes. */
  #takeEnd({ status, startedAt, elapsedMs, after }: CellRecord): void {
    const { latest } = this;
    if (status === 'running' || elapsedMs === null || after === null || latest === null) return;
    if (!this.#subscriber.topics.includes('sample')) return;
    this.#samples.add({ ...latest, ...after, time: startedAt + elapsedMs, rss: null, heapTotal: null, busy: false });
    this.#changed.emit('samples');
  }

  #takeCells(cells: readonly CellRecord[]): void {
    this.#cells.replace(cells);
    this.#cellChanged.emit(null);
    this.#changed.emit('cells');
  }
}

/** Whether the reason will pass by itself: the events that follow bring the figures. */
const isPassing = (error: unknown): boolean =>
  error instanceof ProtocolError &&
  (error.code === ErrorCode.busy || error.code === ErrorCode.cancelled || error.code === ErrorCode.runtimeDied);
