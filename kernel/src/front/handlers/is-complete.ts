import type { Handler } from './handler.js';

export const isComplete: Handler<'is_complete_request'> = async ({ code }, { compiler }) => {
  const { status, indent } = await compiler.isComplete(code);
  return status === 'incomplete' ? { status, indent: indent ?? '' } : { status };
};
