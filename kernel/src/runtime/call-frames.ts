/** Frames of a paused thread, with the names of their scripts. */
import type { Debugger, Session } from 'node:inspector';
import type { RawFrame } from '../ipc/messages.js';

/** Collects the scripts' names, which the debugger tells when it is turned on: make one before that. */
export class CallFrames {
  private readonly urls = new Map<string, string>();
  private readonly parsed = ({ params }: { params: Debugger.ScriptParsedEventDataType }): void =>
    void this.urls.set(params.scriptId, params.url);

  constructor(private readonly session: Session) {
    session.on('Debugger.scriptParsed', this.parsed);
  }

  /** Positions count from 1, in the code that runs. */
  describe(frames: readonly Debugger.CallFrame[]): RawFrame[] {
    return frames.map(({ functionName, location }) => ({
      functionName,
      url: this.urls.get(location.scriptId) ?? '',
      line: location.lineNumber + 1,
      column: (location.columnNumber ?? 0) + 1,
    }));
  }

  end(): void {
    this.session.off('Debugger.scriptParsed', this.parsed);
  }
}
