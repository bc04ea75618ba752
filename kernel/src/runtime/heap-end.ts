/**
 * Catches the main thread right before V8 gives up for want of heap: a debugger's session is paused then, and the heap's
 * limit raised, so that the code can be stopped and everything else lives. With a debugger on, `new Function` is
 * several times slower: so it is on only while the heap is more than half full.
 */
import type { Debugger, Session } from 'node:inspector';
import { CallFrames } from './call-frames.js';
import type { RawFrame } from '../ipc/messages.js';

export class HeapEnd {
  private on = false;
  private frames: CallFrames | null = null;

  /** @param reached told where the code was that has been stopped. */
  constructor(
    private readonly session: Session,
    private readonly reached: (at: RawFrame[]) => void,
  ) {
    session.on('Debugger.paused', ({ params }) => this.paused(params));
  }

  get watching(): boolean {
    return this.on;
  }

  watch(on: boolean): void {
    if (on === this.on) return;
    this.on = on;
    const { session } = this;
    if (on) {
      this.frames = new CallFrames(session);
      session.post('Debugger.enable');
      // `debugger` statements of user code are none of ours; the end of the heap pauses all the same.
      session.post('Debugger.setSkipAllPauses', { skip: true });
    } else {
      this.frames?.end();
      this.frames = null;
      session.post('Debugger.setSkipAllPauses', { skip: false });
      session.post('Debugger.disable');
    }
  }

  private paused({ reason, callFrames }: Debugger.PausedEventDataType): void {
    if (!this.on || reason !== 'OOM') return;
    const at = this.frames?.describe(callFrames) ?? [];
    this.session.post('Debugger.resume', { terminateOnResume: true }, () => {
      this.watch(false);
      this.reached(at);
    });
  }
}
