/** Where in the conversation each message may stand. */
import type { WireMessage } from './message-schemas.js';

type State = 'sent' | 'busy' | 'idle';

/** Types that a cell may still send when it is over: output of its timers. */
const LATE = new Set(['stream', 'display_data', 'update_display_data', 'clear_output', 'error']);
/** Types that have no place in the order of requests. */
const FREE = new Set(['comm_open', 'comm_msg', 'comm_close', 'shutdown_reply', 'iopub_welcome']);

export class MessageOrder {
  private readonly states = new Map<string, State>();
  private readonly types = new Map<string, string>();
  private readonly replied = new Set<string>();
  private readonly inputs = new Set<string>();
  private spoke = false;

  sent(id: string, type: string): void {
    this.states.set(id, 'sent');
    this.types.set(id, type);
  }

  /** Throws when a message comes where it may not. */
  came(message: WireMessage): void {
    const type = message.header.msg_type;
    const parent = message.parent.msg_id;
    if (type === 'status') this.status(message, parent);
    if (parent === undefined || !this.states.has(parent)) return;
    if (message.channel === 'shell' || message.channel === 'control') this.reply(type, parent);
    else if (message.channel === 'iopub' && type !== 'status' && !FREE.has(type)) this.output(type, parent);
  }

  private status(message: WireMessage, parent: string | undefined): void {
    const state = message.content['execution_state'] as 'starting' | 'busy' | 'idle';
    if (state === 'starting') {
      if (this.spoke) throw new Error('starting came after another status');
      this.spoke = true;
      return;
    }
    this.spoke = true;
    if (parent === undefined) throw new Error(`status ${state} without a parent`);
    const before = this.states.get(parent);
    if (before === undefined) return;
    if (state === 'idle' && before !== 'busy')
      throw new Error(`idle of ${this.name(parent)} came when it was ${before}`);
    if (state === 'busy' && before === 'idle') throw new Error(`busy of ${this.name(parent)} came after its idle`);
    // A cell that runs is called busy again whenever another request has been answered.
    if (state === 'busy' && before === 'busy' && this.types.get(parent) !== 'execute_request') {
      throw new Error(`busy of ${this.name(parent)} came twice`);
    }
    this.states.set(parent, state);
  }

  private reply(type: string, parent: string): void {
    const expected = this.types.get(parent)?.replace(/_request$/, '_reply');
    if (type !== expected) throw new Error(`${type} answers ${this.name(parent)}`);
    if (this.replied.has(parent)) throw new Error(`${this.name(parent)} was answered twice`);
    this.replied.add(parent);
  }

  private output(type: string, parent: string): void {
    const state = this.states.get(parent);
    if (state === 'sent') throw new Error(`${type} came before the busy of ${this.name(parent)}`);
    if (state === 'idle' && !LATE.has(type)) throw new Error(`${type} came after the idle of ${this.name(parent)}`);
    if (type === 'execute_input') {
      if (this.inputs.has(parent)) throw new Error(`execute_input of ${this.name(parent)} came twice`);
      this.inputs.add(parent);
    }
  }

  private name(id: string): string {
    return `${this.types.get(id) ?? 'a request'} ${id}`;
  }
}
