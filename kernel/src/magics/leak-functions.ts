/** `leaks` of the package `heapmark`, and what stands behind it and behind `%%leaks`. */
import { formatDuration, type LeakRecord } from '@heapmark/protocol';
import {
  callsOf,
  LeakFinder,
  LiveSampling,
  loopAround,
  systemLeakProbes,
  type ExplainTools,
  type HeapView,
  type Iterate,
  type LeakOptions,
  type LeakProbes,
  type Tracer,
} from '../memory/index.js';
import { line, muted } from '../render/blocks.js';
import { leakBlocks } from '../render/leaks.js';
import { MagicError, type RuntimeContext } from '../runtime/context.js';
import { bundleOf, displayable } from './show.js';

/** Progress is shown from this time on, ms, and anew after so long. */
const FIRST_WORD_MS = 1_000;
const NEXT_WORD_MS = 500;

type Runtime = Pick<RuntimeContext, 'aborted' | 'compile' | 'display' | 'emit' | 'placeOf' | 'tensorGauge'>;

export interface LeakDesk {
  /** The function form. */
  leaks(body: (iteration: number) => unknown, options?: number | LeakOptions): Promise<LeakRecord>;
  /** Runs the code of a cell, and shows how far it is and what it found. */
  ofCell(code: string, options: LeakOptions): Promise<LeakRecord>;
}

interface LeakServices {
  runtime: Runtime;
  heap: Pick<HeapView, 'markForGrowth' | 'grown' | 'holderOf'>;
  tracer: Pick<Tracer, 'running'>;
  probes?: LeakProbes;
}

export function createLeakDesk({ runtime, heap, tracer, probes = systemLeakProbes(runtime) }: LeakServices): LeakDesk {
  const find = async (
    iterate: Iterate,
    options: LeakOptions,
    traced: () => Promise<Iterate | null>,
    shows: boolean,
  ): Promise<LeakRecord> => {
    check(options);
    const signal = runtime.aborted();
    const report = new Progress(runtime, probes, shows);
    const { tools, giveUp } = explaining(options, traced);
    const finder = new LeakFinder(iterate, options, {
      probes,
      signal,
      tools: options.snapshot === false ? null : tools,
      progress: (done, planned) => report.at(done, planned),
    });
    // Code that was stopped in the middle of an iteration comes back to nobody.
    const interrupted = (): void => {
      giveUp();
      report.end(finder.soFar());
    };
    signal.addEventListener('abort', interrupted, { once: true });
    try {
      const record = displayable(await finder.find(), leakBlocks);
      if (shows) report.end(record);
      return record;
    } finally {
      signal.removeEventListener('abort', interrupted);
      report.over();
    }
  };

  const explaining = (
    { force = false }: LeakOptions,
    traced: () => Promise<Iterate | null>,
  ): { tools: ExplainTools; giveUp: () => void } => {
    let sampling: LiveSampling | null = null;
    const stop = (): void => {
      sampling?.stop();
      sampling = null;
    };
    const tools: ExplainTools = {
      mark: () => heap.markForGrowth({ force }),
      grown: (mark, most) => heap.grown(mark, most, true),
      holderOf: (found) => heap.holderOf(found),
      placeOf: (script, at, column) => runtime.placeOf(script, at, column),
      traced,
      sampling() {
        if (tracer.running) return null;
        const begun = new LiveSampling(1);
        sampling = begun;
        return { profile: () => begun.profile(), stop };
      },
    };
    return { tools, giveUp: stop };
  };

  const loop = async (code: string, isTraced: boolean): Promise<Iterate> => {
    const made = await (await runtime.compile(loopAround(code), { traced: isTraced })).run();
    const run = made?.value as (count: number) => Promise<void>;
    return (_from, count) => run(count);
  };

  return {
    leaks(body, options = {}) {
      if (typeof body !== 'function') throw new MagicError('leaks needs a function to call: leaks(() => step()).');
      const wishes = typeof options === 'number' ? { iterations: options } : options;
      return find(callsOf(body), wishes, async () => null, false);
    },
    async ofCell(code, options) {
      check(options);
      let iterate: Iterate;
      try {
        iterate = await loop(code, false);
      } catch (cause) {
        if (cause instanceof Error && cause.name === 'KeyboardInterrupt') throw cause;
        throw new MagicError(
          'This code cannot stand in a loop (an import, a label?): put it into a function and the call of it here.',
          { cause },
        );
      }
      return find(iterate, options, () => loop(code, true), true);
    },
  };
}

function check({ iterations, warmup, timeout }: LeakOptions): void {
  if (iterations !== undefined && (!Number.isInteger(iterations) || iterations < 1))
    throw new MagicError('The number of iterations is a whole number, 1 or more.');
  if (warmup !== undefined && (!Number.isInteger(warmup) || warmup < 0))
    throw new MagicError('The number of iterations to warm up is a whole number, 0 or more.');
  if (timeout !== undefined && !(timeout > 0))
    throw new MagicError('The time for leaks is a number of seconds, above 0.');
}

/** Says how far it is: to whoever subscribed, and in the output of the cell where the cell is all about it. */
class Progress {
  private readonly id = crypto.randomUUID();
  private readonly began: number;
  private next: number;
  private shown = false;

  constructor(
    private readonly runtime: Pick<RuntimeContext, 'display' | 'emit'>,
    private readonly probes: Pick<LeakProbes, 'now'>,
    private readonly shows: boolean,
  ) {
    this.began = probes.now();
    this.next = this.began + FIRST_WORD_MS;
  }

  at(done: number, planned: number): void {
    const now = this.probes.now();
    if (now < this.next) return;
    this.next = now + NEXT_WORD_MS;
    const of = planned > done ? ` of ${planned.toLocaleString('en-US')}` : '';
    const text = `Looking for leaks: ${done.toLocaleString('en-US')}${of} iterations, ${formatDuration(now - this.began)}`;
    const share = planned > 0 ? Math.min(1, done / planned) : null;
    this.runtime.emit({ name: 'progress', params: { id: this.id, text, done: share, cancellable: false } });
    if (this.shows) this.show([line(muted(text))]);
    this.shown = true;
  }

  end(record: LeakRecord): void {
    this.show(leakBlocks(record));
  }

  /** Nothing more is on its way. */
  over(): void {
    if (!this.shown) return;
    const text = 'Looking for leaks: done';
    this.runtime.emit({ name: 'progress', params: { id: this.id, text, done: 1, cancellable: false } });
  }

  private show(blocks: Parameters<typeof bundleOf>[0]): void {
    this.runtime.display(bundleOf(blocks), { id: this.id, update: this.shown && this.shows });
  }
}
