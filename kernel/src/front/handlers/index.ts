/** Every request the kernel knows, and who answers it. */
import type { RequestType } from '../messages.js';
import { commClose, commInfo, commMessage, commOpen } from './comm.js';
import { complete } from './complete.js';
import { connect } from './connect.js';
import { debug } from './debug.js';
import { execute } from './execute.js';
import type { Handler } from './handler.js';
import { history } from './history.js';
import { inputReply } from './input-reply.js';
import { inspect } from './inspect.js';
import { interrupt } from './interrupt.js';
import { isComplete } from './is-complete.js';
import { kernelInfo } from './kernel-info.js';
import { shutdown } from './shutdown.js';
import { usage } from './usage.js';

/** Requests that are answered as soon as they come. */
export type ImmediateType = Exclude<RequestType, 'execute_request'>;

export const immediate: { readonly [T in ImmediateType]: Handler<T> } = {
  kernel_info_request: kernelInfo,
  connect_request: connect,
  complete_request: complete,
  inspect_request: inspect,
  is_complete_request: isComplete,
  history_request: history,
  comm_info_request: commInfo,
  comm_open: commOpen,
  comm_msg: commMessage,
  comm_close: commClose,
  interrupt_request: interrupt,
  shutdown_request: shutdown,
  usage_request: usage,
  debug_request: debug,
  input_reply: inputReply,
};

export { execute };
