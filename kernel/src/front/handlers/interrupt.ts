import type { Handler } from './handler.js';

export const interrupt: Handler<'interrupt_request'> = (_content, { executor }) => {
  void executor.stop('interrupt');
  return { status: 'ok' };
};
