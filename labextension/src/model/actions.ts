/** What a person has the kernel do to its memory, and what was measured: the latest outcome stays until the next. */
import type { EventMap, FreeRecord, GcRecord, SnapshotFileRecord, VariablesRecord } from '@heapmark/protocol';
import type { KernelLink } from '../client/link.js';

/** What came of an action, and when (milliseconds since 1970-01-01 UTC). */
export type Outcome =
  | { readonly kind: 'free'; readonly record: FreeRecord; readonly at: number }
  | { readonly kind: 'gc'; readonly record: GcRecord; readonly at: number }
  | { readonly kind: 'snapshot'; readonly record: SnapshotFileRecord; readonly at: number }
  | { readonly kind: 'measure'; readonly record: VariablesRecord; readonly at: number }
  | { readonly kind: 'failure'; readonly message: string; readonly at: number };

/** What goes on now. */
export interface Activity {
  readonly kind: 'free' | 'gc' | 'snapshot' | 'measure';
  /** The kernel's words for how far it is. */
  readonly text: string | null;
  /** 0 to 1; null when unknown. */
  readonly done: number | null;
}

export interface ActionsOptions {
  /** The activity or the outcome is another. */
  changed(): void;
  /** Memory may be another now. */
  done(): void;
}

export class Actions {
  readonly #link: KernelLink;
  readonly #now: () => number;
  readonly #options: ActionsOptions;
  #abort: AbortController | null = null;
  #activity: Activity | null = null;
  #outcome: Outcome | null = null;

  constructor(link: KernelLink, now: () => number, options: ActionsOptions) {
    this.#link = link;
    this.#now = now;
    this.#options = options;
  }

  get activity(): Activity | null {
    return this.#activity;
  }

  get outcome(): Outcome | null {
    return this.#outcome;
  }

  /** Frees variables. Resolves when the outcome is there; a failure is an outcome too. */
  free(names: readonly string[]): Promise<Outcome> {
    return this.#run('free', async (signal, at) => ({
      kind: 'free',
      record: await this.#link.request('free', { names: [...names] }, signal),
      at: at(),
    }));
  }

  /** Has the kernel collect garbage. */
  collect(): Promise<Outcome> {
    return this.#run('gc', async (signal, at) => ({
      kind: 'gc',
      record: await this.#link.request('gc', {}, signal),
      at: at(),
    }));
  }

  /**
   * Writes a heap snapshot, which stops the runtime meanwhile.
   * @param force - whatever it costs
   */
  snapshot(file: string, force: boolean): Promise<Outcome> {
    return this.#run('snapshot', async (signal, at) => ({
      kind: 'snapshot',
      record: await this.#link.request('snapshot', { file, force }, signal),
      at: at(),
    }));
  }

  /** Has the kernel measure every variable in a heap snapshot. @param measure - asks for the list and shows it */
  measure(measure: (signal: AbortSignal) => Promise<VariablesRecord>): Promise<Outcome> {
    return this.#run('measure', async (signal, at) => ({ kind: 'measure', record: await measure(signal), at: at() }));
  }

  /** Asks the kernel to end what goes on. */
  cancel(): void {
    this.#abort?.abort();
  }

  /** The kernel tells how far it is. */
  progress({ text, done }: EventMap['progress']): void {
    if (this.#activity === null) return;
    this.#activity = { ...this.#activity, text, done };
    this.#options.changed();
  }

  /** Shows a failure of something that nobody waits for. */
  readonly fail = (error: unknown): void => {
    // What a lost connection interrupts is said by the state of the connection.
    if (this.#link.state.kind === 'ready') this.#finish(this.#failure(error));
  };

  forget(): void {
    this.#outcome = null;
    this.#options.changed();
  }

  async #run(
    kind: Activity['kind'],
    work: (signal: AbortSignal, at: () => number) => Promise<Outcome>,
  ): Promise<Outcome> {
    const abort = new AbortController();
    this.#abort = abort;
    this.#activity = { kind, text: null, done: null };
    this.#options.changed();
    const outcome = await work(abort.signal, this.#now).catch((error: unknown) => this.#failure(error));
    if (this.#abort === abort) {
      this.#abort = null;
      this.#activity = null;
    }
    this.#finish(outcome);
    // A list that was just measured exactly is not replaced by estimates.
    if (outcome.kind === 'free' || outcome.kind === 'gc') this.#options.done();
    return outcome;
  }

  #failure(error: unknown): Outcome {
    return { kind: 'failure', message: error instanceof Error ? error.message : String(error), at: this.#now() };
  }

  #finish(outcome: Outcome): void {
    this.#outcome = outcome;
    this.#options.changed();
  }
}
