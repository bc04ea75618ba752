/** Finds out whether code leaks: measures, explains what grows, and knows what is known so far at any moment. */
import type { LeakRecord } from '@heapmark/protocol';
import { explainGrowth, type Explanation, type ExplainTools } from './explain.js';
import type { LeakProbes } from './probes.js';
import { leakRecord, verdictOf } from './record.js';
import type { Iterate } from './run.js';
import { LeakSearch } from './search.js';

export interface LeakOptions {
  /** Iterations that are measured; as many as it takes when absent. */
  iterations?: number;
  /** Iterations before them; chosen when absent. */
  warmup?: number;
  /** Waits after each group for timers, files and the like that the iterations have started. */
  async?: boolean;
  /** Most seconds for measuring; 10 when neither this nor a number of iterations is given. */
  timeout?: number;
  /** `false`: only the verdict and the rate, without heap snapshots. */
  snapshot?: boolean;
  /** Takes the snapshots whatever they cost. */
  force?: boolean;
}

/** Longest time for measuring when no number of iterations is given, s. */
const DEFAULT_TIMEOUT_S = 10;

export interface LeakContext {
  readonly probes: LeakProbes;
  readonly signal: AbortSignal;
  /** What explains the growth; `null`: nothing does. */
  readonly tools: ExplainTools | null;
  /** Told of iterations, and of how many there will be as planned now; 0 is not known yet. */
  readonly progress: (done: number, planned: number) => void;
}

export class LeakFinder {
  private readonly search: LeakSearch;
  private readonly began: number;
  private explanation: Explanation | null = null;

  constructor(
    iterate: Iterate,
    { iterations, warmup, timeout, async: waits = false }: LeakOptions,
    private readonly context: LeakContext,
  ) {
    const { probes, signal } = context;
    this.began = probes.now();
    const seconds = timeout ?? (iterations === undefined ? DEFAULT_TIMEOUT_S : Infinity);
    this.search = new LeakSearch(
      iterate,
      { ...(iterations === undefined ? {} : { iterations }), ...(warmup === undefined ? {} : { warmup }) },
      {
        probes,
        signal,
        until: this.began + seconds * 1000,
        waits,
        ran: (done) => context.progress(done, this.search.total),
      },
    );
  }

  /** Rejects with what an iteration throws, and when the cell is interrupted: {@link soFar} then tells what is known. */
  async find(): Promise<LeakRecord> {
    await this.search.measure();
    const findings = this.search.findings();
    if (this.context.tools !== null && verdictOf(findings) === true)
      this.explanation = await explainGrowth(this.search, findings, this.context.tools);
    return leakRecord(findings, this.circumstances(false));
  }

  /** What is known when the search is interrupted. */
  soFar(): LeakRecord {
    return leakRecord(this.search.findings(), this.circumstances(true));
  }

  private circumstances(interrupted: boolean): Parameters<typeof leakRecord>[1] {
    const { probes } = this.context;
    return { elapsedMs: Math.max(0, probes.now() - this.began), interrupted, explanation: this.explanation };
  }
}
