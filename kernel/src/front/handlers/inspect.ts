import { unitIndex } from '../cursor.js';
import type { Handler } from './handler.js';

export const inspect: Handler<'inspect_request'> = async (content, { compiler }) => {
  const { code, cursor_pos: position, detail_level: detail } = content;
  const cursor = position === undefined ? code.length : unitIndex(code, position);
  const found = await compiler.inspect(code, cursor, detail ?? 0);
  return { status: 'ok', found: found !== null, data: found?.data ?? {}, metadata: {} };
};
