/**
 * The inspector's debugger of the main thread, turned on while somebody needs it: with it on, `new Function` is several
 * times slower. It pauses the thread to tell where it is, and ends the code there: in one step, so that no code runs
 * between the two. V8 pauses it by itself right before it would give up for want of heap, with its limit raised.
 *
 * A termination that V8 meets inside a promise hook (Node's for async context, or the user's) is lost, or taken for an
 * uncaught error that aborts the process; one that it meets in code which the inspector itself runs ends that alone. So
 * the hooks are taken away first, and a pause inside such code is passed over for the next.
 *
 * Code that the inspector is asked to run while a pause is awaited may be where the thread pauses: right in the queue of
 * what it is told, and Node then never tells it to go on. So none is to be asked for until the halt is over: `resting`.
 */
import type { Debugger, Session } from 'node:inspector';
import type { RawFrame } from '../ipc/messages.js';
import { CallFrames } from './call-frames.js';
import { INSPECTED } from './inspected.js';

/**
 * How a try to end the code went. `spared`: it was let go on. `idle`: no JavaScript ran. `busy`: the thread did not look
 * up from what it does.
 */
export type Halt = { state: 'halted'; at: RawFrame[] } | { state: 'spared' | 'idle' | 'busy' };

/** A thread that has heard of a pause and does not come to it within so many ms runs no code. */
const IDLE_MS = 300;
/** Meanwhile it is asked again after so many ms: deep in a recursion V8 passes over a pause. */
const AGAIN_MS = 80;
/** Pauses that are passed over, each for so many ms: a hook of the user's may itself be what never ends. */
const MOST_PASSED = 20;
const PASSED_MS = 3;

const always = (): Promise<boolean> => Promise.resolve(true);

export class MainDebugger {
  private scripts: CallFrames | null = null;
  private heapEndWatched = false;
  private awaited: ((halt: Halt) => void) | null = null;
  /** Whether the code is to be ended, asked in its first pause. */
  private deserved = always;
  /** The heap was at its end in a pause that was passed over. */
  private heapEnds = false;
  private passed = 0;
  private lastHalt: Promise<unknown> = Promise.resolve();
  private late: NodeJS.Timeout | undefined;
  private again: NodeJS.Timeout | undefined;

  /**
   * @param freeOfHooks takes the promise hooks away, in a pause.
   * @param heapEnded told where the code was that has brought V8's heap to its end and was ended there.
   */
  constructor(
    private readonly session: Session,
    private readonly freeOfHooks: () => void,
    private readonly heapEnded: (at: RawFrame[]) => void,
  ) {
    session.on('Debugger.paused', ({ params }) => void this.paused(params));
  }

  /** Ends the code that brings V8's heap to its end, until some was ended; or no longer. */
  watchHeapEnd(on: boolean): void {
    this.heapEndWatched = on;
    this.adjust();
  }

  /**
   * Ends the code that runs now, or says why there is none to end.
   * @param withinMs how long it may take the thread to look up from what it does.
   * @param deserved decides, while the thread is paused, whether the code is ended or goes on.
   */
  halt(withinMs: number, deserved = always): Promise<Halt> {
    const halt = this.lastHalt.then(() => this.haltInTurn(withinMs, deserved));
    this.lastHalt = halt;
    return halt;
  }

  /** Resolves when no pause is awaited. */
  async resting(): Promise<void> {
    while (this.halting) await this.lastHalt;
  }

  /** Whether a pause is awaited. */
  get halting(): boolean {
    return this.awaited !== null;
  }

  private async haltInTurn(withinMs: number, deserved: () => Promise<boolean>): Promise<Halt> {
    this.deserved = deserved;
    const ended = new Promise<Halt>((resolve) => (this.awaited = resolve));
    this.adjust();
    this.giveUpAfter(withinMs, 'busy');
    this.pause(() => {
      this.giveUpAfter(IDLE_MS, 'idle');
      this.again = setInterval(() => this.pause(), AGAIN_MS);
    });
    const halt = await ended;
    this.rest();
    return halt;
  }

  private pause(heard?: () => void): void {
    this.session.post('Debugger.setSkipAllPauses', { skip: false });
    this.session.post('Debugger.pause', heard);
  }

  private giveUpAfter(ms: number, state: 'idle' | 'busy'): void {
    this.waitNoLonger();
    // On a busy machine the pause may be there already when the time is up: it is read first.
    this.late = setTimeout(() => (this.late = setTimeout(() => this.awaited?.({ state }))), ms);
  }

  private waitNoLonger(): void {
    clearTimeout(this.late);
    clearInterval(this.again);
  }

  /** Nobody waits for a pause any longer. */
  private rest(): void {
    this.waitNoLonger();
    this.awaited = null;
    this.heapEnds = false;
    this.passed = 0;
    if (this.scripts !== null) this.session.post('Debugger.setSkipAllPauses', { skip: true });
    this.adjust();
  }

  private adjust(): void {
    const wanted = this.heapEndWatched || this.awaited !== null;
    const { session } = this;
    if (wanted && this.scripts === null) {
      this.scripts = new CallFrames(session);
      session.post('Debugger.enable');
      // `debugger` statements of user code are none of ours; the end of the heap pauses all the same.
      session.post('Debugger.setSkipAllPauses', { skip: true });
    } else if (!wanted && this.scripts !== null) {
      this.scripts.end();
      this.scripts = null;
      session.post('Debugger.disable');
    }
  }

  private async paused({ reason, callFrames }: Debugger.PausedEventDataType): Promise<void> {
    const { session, awaited } = this;
    this.heapEnds ||= reason === 'OOM';
    if (!this.heapEnds && awaited === null) {
      // Asked for by a try that has given up since.
      session.post('Debugger.resume');
      return;
    }
    this.waitNoLonger();
    const at = this.scripts?.describe(callFrames) ?? [];
    if (!this.heapEnds && !(await this.deserved())) {
      session.post('Debugger.resume');
      awaited?.({ state: 'spared' });
      return;
    }
    this.deserved = always;
    this.freeOfHooks();
    if (this.passed < MOST_PASSED && losesTermination(at)) this.passOver();
    else this.end(at);
  }

  private passOver(): void {
    this.passed += 1;
    this.session.post('Debugger.resume');
    this.giveUpAfter(IDLE_MS, 'idle');
    this.again = setInterval(() => this.pause(), PASSED_MS);
  }

  private end(at: RawFrame[]): void {
    const { awaited, heapEnds } = this;
    this.heapEndWatched = false;
    this.session.post('Runtime.terminateExecution');
    // Turns the debugger off, which resumes the thread.
    this.rest();
    awaited?.({ state: 'halted', at });
    if (heapEnds) this.heapEnded(at);
  }
}

/** Whether the thread is in code of the inspector's, or inside a promise hook. */
const losesTermination = (at: readonly RawFrame[]): boolean =>
  at.some(
    ({ functionName, url }) =>
      url === INSPECTED ||
      url === 'node:internal/promise_hooks' ||
      (url === 'node:internal/async_hooks' && functionName.startsWith('promise')),
  );
