import type { HistoryEntry } from '../messages.js';
import type { Handler } from './handler.js';

export const history: Handler<'history_request'> = async (content, services) => {
  const { output, hist_access_type: access, session, start, stop, n, pattern, unique } = content;
  const lines =
    access === 'tail'
      ? await services.history.tail(n ?? null)
      : access === 'range'
        ? await services.history.range(session ?? 0, start ?? 0, stop ?? null)
        : await services.history.search({ pattern: pattern ?? '*', n: n ?? null, unique: unique ?? false });
  const entries = lines.map(({ session: of, line, code, output: text }): HistoryEntry => {
    return [of, line, output === true ? [code, text] : code];
  });
  return { status: 'ok', history: entries };
};
