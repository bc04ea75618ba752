/** The main thread, seen and stopped from the monitor's: all of it works while user code spins. */
import type { Debugger, Runtime, Session } from 'node:inspector';
import type { FromMonitor, RawUsage } from '../ipc/messages.js';

/** A main thread inside one long builtin or a synchronous child does not answer: its figures are then `null`. */
const USAGE_MS = 900;
const WHERE_MS = 500;
const TERMINATE_MS = 1_000;

type Frames = Extract<FromMonitor, { type: 'where' }>['frames'];
interface Counters {
  arrayBuffers: number;
  external: number;
}

export class MainThread {
  constructor(private readonly session: Session) {}

  /** Counters now. V8's heap usage leaves the stores of ArrayBuffers out, so Node is asked for them. */
  async usage(): Promise<RawUsage> {
    const heap = this.ask<{ usedSize: number; totalSize: number }>('Runtime.getHeapUsage', {}, USAGE_MS);
    const counters = this.ask<Runtime.EvaluateReturnType>(
      'Runtime.evaluate',
      { expression: 'process.memoryUsage()', returnByValue: true, silent: true },
      USAGE_MS,
    );
    const usage = await heap;
    const value = (await counters)?.result.value as Counters | undefined;
    return {
      time: Date.now(),
      rss: process.memoryUsage.rss(),
      heapUsed: usage?.usedSize ?? null,
      heapTotal: usage?.totalSize ?? null,
      arrayBuffers: value?.arrayBuffers ?? null,
      external: value?.external ?? null,
    };
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
  async where(): Promise<Frames> {
    const { session } = this;
    const urls = new Map<string, string>();
    const parsed = ({ params }: { params: Debugger.ScriptParsedEventDataType }): void =>
      void urls.set(params.scriptId, params.url);
    session.on('Debugger.scriptParsed', parsed);
    // Breakpoints and `debugger` statements of user code are none of ours.
    await this.ask('Debugger.enable', {}, WHERE_MS);
    try {
      return await new Promise<Frames>((resolve) => {
        const late = setTimeout(() => finish(null), WHERE_MS);
        const paused = ({ params }: { params: Debugger.PausedEventDataType }): void => finish(params.callFrames);
        const finish = (frames: Debugger.CallFrame[] | null): void => {
          clearTimeout(late);
          session.off('Debugger.paused', paused);
          resolve(frames?.map((frame) => describe(frame, urls)) ?? null);
        };
        session.on('Debugger.paused', paused);
        session.post('Debugger.pause');
      });
    } finally {
      session.off('Debugger.scriptParsed', parsed);
      session.post('Debugger.disable');
    }
  }

  private ask<T>(method: string, params: object, withinMs: number): Promise<T | null> {
    return new Promise((resolve) => {
      const late = setTimeout(() => resolve(null), withinMs);
      this.session.post(method, params, (error, result) => {
        clearTimeout(late);
        resolve(error === null ? (result as T) : null);
      });
    });
  }
}

function describe({ functionName, location }: Debugger.CallFrame, urls: ReadonlyMap<string, string>) {
  return {
    functionName,
    url: urls.get(location.scriptId) ?? '',
    line: location.lineNumber + 1,
    column: (location.columnNumber ?? 0) + 1,
  };
}
