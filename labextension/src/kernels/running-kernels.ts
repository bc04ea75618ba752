/** Every kernel that the server runs: who uses it, in which language, what it takes, and since when it is idle. */
import type { Kernel, ServiceManager, Session } from '@jupyterlab/services';
import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import { askUsage, type KernelUsage } from './usage.js';

/** A kernel as the server and itself tell of it. */
export interface RunningKernel {
  readonly id: string;
  /** Name of the notebook or console; of the kernel where nothing uses it. */
  readonly title: string;
  readonly path: string | null;
  readonly displayName: string;
  readonly language: string | null;
  readonly state: string;
  /** Milliseconds since 1970-01-01 UTC; null where the server does not say. */
  readonly lastActivity: number | null;
  /** `undefined` while it is being asked, `null` when it does not say. */
  readonly usage: KernelUsage | null | undefined;
}

export interface RunningKernelsOptions {
  readonly services: ServiceManager.IManager;
  /** A connection that a document of this page has, which has to know of a restart. */
  connectionOf(kernelId: string): Kernel.IKernelConnection | null;
}

export class RunningKernels {
  readonly #services: ServiceManager.IManager;
  readonly #options: RunningKernelsOptions;
  readonly #changed = new Signal<this, void>(this);
  readonly #usage = new Map<string, KernelUsage | null>();
  readonly #states = new Map<string, string>();
  /** Our own question counts as activity on the server: what it said before, for as long as nothing else happened. */
  readonly #activity = new Map<string, { readonly asked: string; readonly before: string }>();
  #watchers = 0;

  constructor(options: RunningKernelsOptions) {
    this.#options = options;
    this.#services = options.services;
  }

  get changed(): ISignal<this, void> {
    return this.#changed;
  }

  get all(): RunningKernel[] {
    const sessions = new Map<string, Session.IModel>();
    for (const session of this.#services.sessions.running())
      if (session.kernel !== null) sessions.set(session.kernel.id, session);
    return this.#models().map((model) => this.#describe(model, sessions.get(model.id)));
  }

  /** Keeps the list in step with the server, and asks each kernel once, as long as the result is not disposed. */
  watch(): IDisposable {
    if (this.#watchers++ === 0) {
      this.#services.kernels.runningChanged.connect(this.#onRunning, this);
      this.#services.sessions.runningChanged.connect(this.#emit, this);
      this.refresh();
    }
    return new DisposableDelegate(() => {
      if (--this.#watchers > 0) return;
      this.#services.kernels.runningChanged.disconnect(this.#onRunning, this);
      this.#services.sessions.runningChanged.disconnect(this.#emit, this);
    });
  }

  /** Asks the server and every kernel again. */
  refresh(): void {
    this.#states.clear();
    void Promise.all([this.#services.kernels.refreshRunning(), this.#services.sessions.refreshRunning()])
      // The list stays as it was.
      .catch(() => undefined)
      .then(() => this.#onRunning());
  }

  async interrupt(id: string): Promise<void> {
    await this.#withConnection(id, (connection) => connection.interrupt());
  }

  async restart(id: string): Promise<void> {
    await this.#withConnection(id, (connection) => connection.restart());
    await this.#ask(id);
  }

  /** Ends the kernel, and with it the session that uses it. */
  async shutDown(id: string): Promise<void> {
    const session = [...this.#services.sessions.running()].find(({ kernel }) => kernel?.id === id);
    if (session !== undefined) await this.#services.sessions.shutdown(session.id);
    else await this.#services.kernels.shutdown(id);
    this.#emit();
  }

  /** A kernel is asked when it is new, and when it has done something since it was asked. */
  #onRunning(): void {
    const running = this.#models();
    for (const { id, execution_state: state } of running) {
      const before = this.#states.get(id);
      this.#states.set(id, state ?? '');
      if (before === undefined || (before === 'busy' && state === 'idle')) void this.#ask(id);
    }
    for (const id of this.#states.keys()) {
      if (running.some((model) => model.id === id)) continue;
      this.#states.delete(id);
      this.#usage.delete(id);
      this.#activity.delete(id);
    }
    this.#emit();
  }

  async #ask(id: string): Promise<void> {
    const before = this.#activityOf(id);
    const usage = await this.#withConnection(id, askUsage).catch(() => null);
    const now = await this.#services.kernels.refreshRunning().then(
      () => this.#models().find((model) => model.id === id),
      () => undefined,
    );
    if (!this.#states.has(id)) return;
    if (before !== undefined && now?.last_activity !== undefined && now.execution_state !== 'busy')
      this.#activity.set(id, { asked: now.last_activity, before });
    this.#usage.set(id, usage);
    this.#emit();
  }

  /** When the kernel did something last, our own questions apart. */
  #activityOf(id: string): string | undefined {
    const activity = this.#models().find((model) => model.id === id)?.last_activity;
    const known = this.#activity.get(id);
    return known !== undefined && known.asked === activity ? known.before : activity;
  }

  #models(): Kernel.IModel[] {
    return [...this.#services.kernels.running()];
  }

  /** A document's connection where there is one, else one for the moment. */
  async #withConnection<T>(id: string, work: (connection: Kernel.IKernelConnection) => Promise<T>): Promise<T> {
    const known = this.#options.connectionOf(id);
    if (known !== null) return work(known);
    const model = this.#models().find((running) => running.id === id);
    if (model === undefined) throw new Error('The kernel has ended.');
    const connection = this.#services.kernels.connectTo({ model, handleComms: false });
    try {
      return await work(connection);
    } finally {
      connection.dispose();
    }
  }

  #describe(model: Kernel.IModel, session: Session.IModel | undefined): RunningKernel {
    const spec = this.#services.kernelspecs.specs?.kernelspecs[model.name];
    const displayName = spec?.display_name ?? model.name;
    const activity = Date.parse(this.#activityOf(model.id) ?? '');
    const path = session?.path ?? null;
    return {
      id: model.id,
      title: (session?.name ?? '') || (path?.split('/').at(-1) ?? displayName),
      path,
      displayName,
      language: spec?.language ?? null,
      state: model.execution_state ?? 'unknown',
      lastActivity: Number.isFinite(activity) ? activity : null,
      usage: this.#usage.get(model.id),
    };
  }

  #emit(): void {
    this.#changed.emit();
  }
}
