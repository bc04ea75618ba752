import { characterPosition, unitIndex } from '../cursor.js';
import type { Handler } from './handler.js';

export const complete: Handler<'complete_request'> = async ({ code, cursor_pos: position }, { compiler }) => {
  const cursor = position === undefined ? code.length : unitIndex(code, position);
  const { matches, start, end } = await compiler.complete(code, cursor);
  const from = characterPosition(code, start);
  const to = characterPosition(code, end);
  return {
    status: 'ok',
    matches: matches.map(({ text }) => text),
    cursor_start: from,
    cursor_end: to,
    // JupyterLab shows an icon by the type, and the signature beside it.
    metadata: {
      _jupyter_types_experimental: matches.map(({ text, type, signature }) => ({
        start: from,
        end: to,
        text,
        type,
        ...(signature === undefined ? {} : { signature }),
      })),
    },
  };
};
