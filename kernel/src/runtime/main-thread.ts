/** The main thread, seen and stopped from the monitor's: all of it works while user code spins. */
import type { Debugger, Runtime, Session } from 'node:inspector';
import { setFlagsFromString } from 'node:v8';
import type { RawFrame, RawUsage } from '../ipc/messages.js';
import { GAUGE_CHANNEL, type GaugeReading } from '../ipc/process.js';
import { CallFrames } from './call-frames.js';
import { HeapEnd } from './heap-end.js';

/** A main thread inside one long builtin or a synchronous child does not answer: its figures are then `null`. */
const USAGE_MS = 900;
const WHERE_MS = 200;
const TERMINATE_MS = 1_000;

/** A full collection of a large heap takes seconds, ms. */
const COLLECT_MS = 8_000;
/** V8's collector, from a context of its own: user code may have replaced any global. */
const COLLECTOR = "process.getBuiltinModule('node:vm').runInNewContext('gc')";

const CALL_IT = 'function () { return this(); }';
const FIND_GAUGE = `{
  const gauge = {};
  process.getBuiltinModule('node:diagnostics_channel').channel('${GAUGE_CHANNEL}').publish(gauge);
  gauge.read;
}`;

export class MainThread {
  private readonly heapEnd: HeapEnd;
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
    this.heapEnd = new HeapEnd(session, heapEnded);
  }

  /** Stops the code that brings V8's heap to its end, or no longer. */
  watchHeapEnd(on: boolean): void {
    this.heapEnd.watch(on);
  }

  /**
   * Collects garbage, also while the main thread spins: the inspector's own command for it waits until that thread is
   * idle. Gives the counters after it, `heapUsed` being `null` when it could not be done in time.
   */
  async collect(): Promise<RawUsage> {
    if (this.collector === null) {
      setFlagsFromString('--expose-gc');
      this.collector = await this.find(COLLECTOR);
    }
    const call = { objectId: this.collector, functionDeclaration: CALL_IT, returnByValue: true, silent: true };
    const done = this.collector === null ? null : await this.ask('Runtime.callFunctionOn', call, COLLECT_MS);
    const usage = await this.usage();
    return done === null ? { ...usage, heapUsed: null } : usage;
  }

  /** Counters now. V8's heap usage leaves the stores of ArrayBuffers out, so Node is asked for them. */
  async usage(): Promise<RawUsage> {
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

  /** Stops the JavaScript that runs now. Resolves with the reason when it could not be asked for. */
  terminate(): Promise<string | null> {
    return new Promise((resolve) => {
      const late = setTimeout(() => resolve('the main thread does not answer'), TERMINATE_MS);
      this.session.post('Runtime.terminateExecution', (error) => {
        clearTimeout(late);
        resolve(error === null ? null : error.message);
      });
    });
  }

  /** The stack of the main thread, innermost first; positions (from 1) in the code that runs. `null` when it is idle. */
  async where(): Promise<RawFrame[] | null> {
    const { session } = this;
    const watching = this.heapEnd.watching;
    this.heapEnd.watch(false);
    const scripts = new CallFrames(session);
    // Breakpoints and `debugger` statements of user code are none of ours.
    await this.ask('Debugger.enable', {}, WHERE_MS);
    try {
      return await new Promise<RawFrame[] | null>((resolve) => {
        const late = setTimeout(() => finish(null), WHERE_MS);
        const paused = ({ params }: { params: Debugger.PausedEventDataType }): void => finish(params.callFrames);
        const finish = (frames: Debugger.CallFrame[] | null): void => {
          clearTimeout(late);
          session.off('Debugger.paused', paused);
          resolve(frames === null ? null : scripts.describe(frames));
        };
        session.on('Debugger.paused', paused);
        session.post('Debugger.pause');
      });
    } finally {
      scripts.end();
      session.post('Debugger.disable');
      // The code runs on until it is stopped: it must not come to the heap's end unseen meanwhile.
      if (watching) this.heapEnd.watch(true);
    }
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
