/**
 * The kernel's own log: lines on standard error, which Jupyter servers show among theirs.
 * `HEAPMARK_LOG` picks the least level that is written: `debug`, `info`, `warn` (the default), `error` or `off`.
 */
const LEVELS = ['debug', 'info', 'warn', 'error', 'off'] as const;
type Level = (typeof LEVELS)[number];

export interface Logger {
  debug(text: string): void;
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
}

/** A logger that writes lines from `level` on; an unknown level counts as `warn`. */
export function createLogger(level: string | undefined, write: (line: string) => void): Logger {
  const known = LEVELS.indexOf(level as Level);
  const least = known === -1 ? LEVELS.indexOf('warn') : known;
  const at = (name: Level) => (text: string) => {
    if (LEVELS.indexOf(name) >= least) write(`[heapmark] ${name} ${text}\n`);
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** The text of anything thrown, on one line. */
export function reasonOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.replaceAll(/\s*\n\s*/g, ' ');
}
