/** Requests of the memory protocol: each runs in a task of its own, between the jobs of user code. */
import { ErrorCode, ProtocolError } from '@heapmark/protocol';
import type { FromRuntime, ToRuntime } from '../ipc/messages.js';
import { MagicError, type RequestCall, type RequestHandlers } from './context.js';

type RequestMessage = Extract<ToRuntime, { type: 'request' }>;
type Reply = Extract<FromRuntime, { type: 'reply' }>;
type AnyHandler = (params: unknown, call: RequestCall) => unknown;

export class Requests {
  private handlers: RequestHandlers = {};
  private readonly running = new Map<number, AbortController>();

  constructor(private readonly send: (message: FromRuntime) => void) {}

  /** Adds the handlers of an extension. */
  register(handlers: RequestHandlers): void {
    this.handlers = { ...this.handlers, ...handlers };
  }

  /** Answers a request; always sends exactly one reply. */
  async handle({ id, method, params, tag }: RequestMessage): Promise<void> {
    const handler = this.handlers[method] as AnyHandler | undefined;
    if (handler === undefined) {
      this.fail(id, ErrorCode.methodNotFound, `This runtime does not answer '${method}'.`);
      return;
    }
    const controller = new AbortController();
    this.running.set(id, controller);
    try {
      const cancelled = new Promise<never>((_resolve, reject) => {
        controller.signal.addEventListener('abort', () => reject(controller.signal.reason as Error), { once: true });
      });
      // The race rejects; the loser of it must not count as an unhandled rejection.
      cancelled.catch(() => undefined);
      const value = await Promise.race([handler(params, { tag, signal: controller.signal }), cancelled]);
      this.send({ type: 'reply', id, ok: true, value });
    } catch (error) {
      this.reject(id, error);
    } finally {
      this.running.delete(id);
    }
  }

  /** Ends a request early: its reply is the error `cancelled`. */
  cancel(id: number): void {
    this.running.get(id)?.abort(new ProtocolError(ErrorCode.cancelled, 'The request was cancelled.'));
  }

  private reject(id: number, error: unknown): void {
    if (error instanceof ProtocolError) this.fail(id, error.code, error.message, error.data);
    else if (error instanceof MagicError) this.fail(id, ErrorCode.usage, error.message);
    else this.fail(id, ErrorCode.internalError, error instanceof Error ? error.message : String(error));
  }

  private fail(id: number, code: number, message: string, data?: unknown): void {
    const reply: Reply = { type: 'reply', id, ok: false, code, message };
    this.send(data === undefined ? reply : { ...reply, data });
  }
}
