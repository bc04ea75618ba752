/** The main thread, seen and stopped from the monitor's: all of it works while user code spins. */
import type { Runtime, Session } from 'node:inspector';
import { setFlagsFromString } from 'node:v8';
import type { RawFrame, RawUsage } from '../ipc/messages.js';
import type { GaugeReading } from '../ipc/process.js';
import { CALL_IT, COLLECTOR, FIND_GAUGE, UNHOOK } from './inspected.js';
import { MainDebugger } from './main-debugger.js';

/** A main thread inside one long builtin or a synchronous child does not answer: its figures are then `null`. */
const USAGE_MS = 900;
/** A full collection of a large heap takes seconds, ms. */
const COLLECT_MS = 8_000;

export class MainThread {
  private readonly mainDebugger: MainDebugger;
  /** The inspector's id of the runtime's gauge, once it was found. */
  private gauge: string | null = null;
  /** The inspector's id of V8's collector, once it was needed. */
  private collector: string | null = null;

  /** @param heapEnded told where the code was that filled V8's heap and has been stopped. */
  constructor(
    private readonly session: Session,
    private readonly tensorGauge: Float64Array,
    heapEnded: (at: RawFrame[]) => void,
  ) {
    this.mainDebugger = new MainDebugger(
      session,
      () => session.post('Runtime.evaluate', { expression: UNHOOK, silent: true }),
      heapEnded,
    );
  }

  /** Stops the code that brings V8's heap to its end, or no longer. */
  watchHeapEnd(on: boolean): void {
    this.mainDebugger.watchHeapEnd(on);
  }

  /**
   * Collects garbage, also while the main thread spins: the inspector's own command for it waits until that thread is
   * idle. Gives the counters after it, `heapUsed` being `null` when it could not be done in time.
   * @param stopAbove heap in use after it, bytes, above which the code that runs is ended before it goes on; where it was
   * comes with the counters.
   */
  async collect(stopAbove: number | null): Promise<{ usage: RawUsage; stoppedAt: RawFrame[] | null }> {
    if (stopAbove === null) return { usage: await this.collectNow(), stoppedAt: null };
    let usage: RawUsage | null = null;
    const halt = await this.mainDebugger.halt(USAGE_MS, async () => {
      usage = await this.collectNow();
      return usage.heapUsed !== null && usage.heapUsed > stopAbove;
    });
    return { usage: usage ?? (await this.collectNow()), stoppedAt: halt.state === 'halted' ? halt.at : null };
  }

  private async collectNow(): Promise<RawUsage> {
    if (this.collector === null) {
      setFlagsFromString('--expose-gc');
      this.collector = await this.find(COLLECTOR);
    }
    const call = { objectId: this.collector, functionDeclaration: CALL_IT, returnByValue: true, silent: true };
    const done = this.collector === null ? null : await this.ask('Runtime.callFunctionOn', call, COLLECT_MS);
    const usage = await this.counters();
    return done === null ? { ...usage, heapUsed: null } : usage;
  }

  /** Counters now. V8's heap usage leaves the stores of ArrayBuffers out, so Node is asked for them. */
  async usage(): Promise<RawUsage> {
    await this.mainDebugger.resting();
    return this.counters();
  }

  private async counters(): Promise<RawUsage> {
    const heap = this.ask<{ usedSize: number; totalSize: number }>('Runtime.getHeapUsage', {}, USAGE_MS);
    const [usage, value] = await Promise.all([heap, this.readGauge()]);
    return {
      time: Date.now(),
      rss: process.memoryUsage.rss(),
      heapUsed: usage?.usedSize ?? null,
      heapTotal: usage?.totalSize ?? null,
      arrayBuffers: value?.arrayBuffers ?? null,
      external: value?.external ?? null,
      tensors: this.tensors(),
      collections: value?.collections ?? [],
    };
  }

  private async readGauge(): Promise<GaugeReading | null> {
    this.gauge ??= await this.find(FIND_GAUGE);
    if (this.gauge === null) return null;
    const call = { objectId: this.gauge, functionDeclaration: CALL_IT, returnByValue: true, silent: true };
    const answer = await this.ask<Runtime.CallFunctionOnReturnType>('Runtime.callFunctionOn', call, USAGE_MS);
    return (answer?.result.value as GaugeReading | undefined) ?? null;
  }

  /** The inspector's id of what an expression gives. */
  private async find(expression: string): Promise<string | null> {
    const found = await this.ask<Runtime.EvaluateReturnType>(
      'Runtime.evaluate',
      { expression, silent: true },
      USAGE_MS,
    );
    return found?.result.objectId ?? null;
  }

  private tensors(): number | null {
    const bytes = this.tensorGauge[0] ?? NaN;
    return Number.isNaN(bytes) ? null : bytes;
  }

  /**
   * Ends the JavaScript that runs now. Gives the stack where it was, innermost first, with positions (from 1) in the code
   * that runs; `null` when none ran, or when the thread was inside something long for all of this time, ms.
   * @param runs whether it is known that code runs, whatever it looks like: it is ended then where it can be.
   */
  async halt(withinMs: number, runs: boolean): Promise<RawFrame[] | null> {
    const halt = await this.mainDebugger.halt(withinMs);
    if (halt.state === 'halted') return halt.at;
    if (runs) this.session.post('Runtime.terminateExecution');
    return null;
  }

  private ask<T>(method: string, params: object, withinMs: number): Promise<T | null> {
    return new Promise((resolve) => {
      // On a busy machine the answer may be there already when the time is up: it is read first.
      const late = setTimeout(() => setImmediate(() => resolve(null)), withinMs);
      this.session.post(method, params, (error, result) => {
        clearTimeout(late);
        resolve(error === null ? (result as T) : null);
      });
    });
  }
}
