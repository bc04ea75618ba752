/** What is known of one kernel's memory, and what was done about it: state and signals, no view. */
import {
  ErrorCode,
  ProtocolError,
  type CellRecord,
  type EventMap,
  type ExpandRecord,
  type MemoryRecord,
  type MemorySample,
  type Topic,
  type VariableRecord,
  type WhyRecord,
} from '@heapmark/protocol';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import type { MemoryEvent } from '../client/connection.js';
import type { KernelLink, LinkState } from '../client/link.js';
import { Actions } from './actions.js';
import { CellHistory } from './cells.js';
import type { Interest } from './interests.js';
import { liveLimits, type LiveLimit } from './limits.js';
import { SampleHistory } from './samples.js';
import { Subscriber } from './subscriber.js';
import { lacksRows, type VariablesSnapshot } from './variables.js';

/** What part of a model changed. */
export type Aspect = 'link' | 'samples' | 'cells' | 'variables' | 'chosen' | 'actions' | 'warning';

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
  readonly #chosen = new Set<string>();
  #memory: MemoryRecord | null = null;
  #variables: VariablesSnapshot | null = null;
  #warning: MemoryWarning | null = null;
  #listsAll = false;
  #disposed = false;
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

  /** The list of variables; stale while the kernel cannot tell or a cell runs that began after it. */
  get variables(): VariablesSnapshot | null {
    const snapshot = this.#variables;
    if (snapshot === null || snapshot.stale) return snapshot;
    const running = this.#cells.running;
    const stale = this.#link.state.kind !== 'ready' || (running !== null && running.startedAt >= snapshot.asOf);
    return stale ? { ...snapshot, stale } : snapshot;
  }

  /** The latest warning that nobody has put aside. */
  get warning(): MemoryWarning | null {
    return this.#warning;
  }

  /** Names of the variables chosen for freeing; all of them exist. */
  get chosen(): ReadonlySet<string> {
    return this.#chosen;
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

  /** Whether the whole list of variables was asked for; a kernel may announce only the largest. */
  get listsAll(): boolean {
    return this.#listsAll;
  }

  /** Asks for the whole list of variables, now and whenever it changes. */
  listAll(): void {
    this.#listsAll = true;
    this.#fetch(['variables']);
  }

  /** Asks for the list of variables once, whether or not it is shown. */
  async refreshVariables(): Promise<void> {
    this.#takeVariables(await this.#link.request('variables', {}));
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

  choose(names: Iterable<string>, chosen: boolean): void {
    for (const name of names) {
      if (chosen) this.#chosen.add(name);
      else this.#chosen.delete(name);
    }
    this.#changed.emit('chosen');
  }

  dismissWarning(): void {
    this.#warning = null;
    this.#changed.emit('warning');
  }

  /** One level of a value. */
  expand(path: string[], from = 0, limit = 100): Promise<ExpandRecord> {
    return this.#link.request('expand', { path, from, limit });
  }

  /** What keeps a value alive. */
  why(name: string): Promise<WhyRecord> {
    return this.#link.request('why', { name });
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
    this.#variables = null;
    this.#memory = null;
    this.#warning = null;
    this.#chosen.clear();
    this.actions.forget();
    this.#cellChanged.emit(null);
    for (const aspect of ['cells', 'variables', 'chosen', 'warning'] as const) this.#changed.emit(aspect);
  }

  /** Asks for what the events of these topics continue. */
  #fetch(topics: readonly Topic[]): void {
    if (topics.includes('sample')) this.#ask(this.#link.request('memory', {}), (record) => this.#takeMemory(record));
    if (topics.includes('cell')) this.#ask(this.#link.request('cells', {}), ({ cells }) => this.#takeCells(cells));
    if (topics.includes('variables'))
      this.#ask(this.#link.request('variables', {}), (snapshot) => this.#takeVariables(snapshot));
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
        this.#changed.emit('samples');
        break;
      case 'cell':
        this.#cells.put(event.payload.cell);
        this.#takeEnd(event.payload.cell);
        this.#cellChanged.emit(event.payload.cell);
        this.#changed.emit('cells');
        break;
      case 'variables':
        // Rows that are known would go, to come back a moment later.
        if (this.#listsAll && lacksRows(event.payload.record)) this.#fetch(['variables']);
        else this.#takeVariables({ ...event.payload, stale: false });
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

  #takeVariables(snapshot: VariablesSnapshot): void {
    if (this.#variables !== null && snapshot.asOf < this.#variables.asOf) return;
    this.#variables = snapshot;
    if (!lacksRows(snapshot.record)) this.#forgetChosen(snapshot);
    this.#changed.emit('variables');
    this.#changed.emit('chosen');
  }

  #forgetChosen(snapshot: VariablesSnapshot): void {
    const names = new Set(snapshot.record.variables.map(({ name }: VariableRecord) => name));
    for (const name of this.#chosen) if (!names.has(name)) this.#chosen.delete(name);
  }
}

/** Whether the reason will pass by itself: the events that follow bring the figures. */
const isPassing = (error: unknown): boolean =>
  error instanceof ProtocolError &&
  (error.code === ErrorCode.busy || error.code === ErrorCode.cancelled || error.code === ErrorCode.runtimeDied);
