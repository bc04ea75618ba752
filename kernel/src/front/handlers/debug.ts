import type { Handler } from './handler.js';

/** A refusal in the Debug Adapter Protocol's form: this kernel has no debugger, and says so in `kernel_info`. */
export const debug: Handler<'debug_request'> = (_content, _services, message) => ({
  type: 'response',
  request_seq: message.content['seq'] ?? 0,
  command: message.content['command'] ?? '',
  success: false,
  message: 'This kernel has no debugger.',
});
