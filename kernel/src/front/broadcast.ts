/**
 * What the kernel says to everyone on iopub, and the rules of `status`.
 *
 * While a cell runs, an `idle` that answers another request is followed by `busy` for the cell: front ends and servers
 * take the last status for the kernel's, and would call a working kernel idle.
 */
import type { MimeBundle } from '../ipc/messages.js';
import type { Outbox } from './outbox.js';
import type { Session } from './session.js';
import type { Content, Header } from './wire.js';

export interface Display {
  data: MimeBundle;
  metadata: Record<string, unknown>;
  transient: Record<string, unknown>;
  buffers?: Uint8Array[];
}

export class Broadcast {
  /** The request of the cell that runs. */
  private cell: Header | null = null;
  private spoke = false;

  constructor(
    private readonly session: Session,
    private readonly outbox: Outbox,
  ) {}

  /** A client began to listen: it is greeted, and the first one learns that the kernel is starting. */
  welcome(topic: string): void {
    this.send('iopub_welcome', { subscription: topic }, null);
    if (!this.spoke) this.status('starting', null);
  }

  busy(parent: Header): void {
    this.status('busy', parent);
  }

  idle(parent: Header): void {
    this.status('idle', parent);
    if (this.cell !== null) this.status('busy', this.cell);
  }

  cellBegins(parent: Header): void {
    this.cell = parent;
    this.status('busy', parent);
  }

  cellEnds(parent: Header): void {
    this.cell = null;
    this.status('idle', parent);
  }

  stream(parent: Header, name: 'stdout' | 'stderr', text: string): void {
    this.outbox.stream(parent.msg_id, name, text, (of, joined) =>
      this.session.message('stream', { name: of, text: joined }, parent),
    );
  }

  executeInput(parent: Header, code: string, executionCount: number): void {
    this.send('execute_input', { code, execution_count: executionCount }, parent);
  }

  display(parent: Header, { buffers, ...content }: Display, update: boolean): void {
    const type = update ? 'update_display_data' : 'display_data';
    this.outbox.push(this.session.message(type, content, parent, { buffers: buffers ?? [] }));
  }

  result(parent: Header, executionCount: number, data: MimeBundle, metadata: Record<string, unknown>): void {
    this.send('execute_result', { execution_count: executionCount, data, metadata }, parent);
  }

  error(parent: Header, error: { ename: string; evalue: string; traceback: string[] }): void {
    this.send('error', { ename: error.ename, evalue: error.evalue, traceback: error.traceback }, parent);
  }

  clearOutput(parent: Header, wait: boolean): void {
    this.send('clear_output', { wait }, parent);
  }

  /** `comm_open`, `comm_msg` and `comm_close`, and `shutdown_reply`, which is told to everyone. */
  send(type: string, content: Content, parent: Header | null, buffers: Uint8Array[] = [], metadata = {}): void {
    this.outbox.push(this.session.message(type, content, parent, { buffers, metadata }));
  }

  private status(state: 'starting' | 'busy' | 'idle', parent: Header | null): void {
    this.spoke = true;
    this.send('status', { execution_state: state }, parent);
  }
}
