import type { RequestContent } from '../messages.js';
import type { ReceivedMessage } from '../wire.js';
import type { HandlerServices } from './handler.js';

/** Queues a cell. Unlike the others it is not answered here: the executor replies when the cell is over. */
export function execute(
  content: RequestContent<'execute_request'>,
  { executor }: HandlerServices,
  message: ReceivedMessage,
): void {
  executor.submit(message, content);
}
