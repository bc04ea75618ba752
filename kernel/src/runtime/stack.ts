/**
 * Stack traces that name cells and the user's own lines: `at f (cell [3]:2:5)`. User code that sets its own
 * `Error.prepareStackTrace` gets V8's call sites, as anywhere else; setting it back brings these traces back.
 */
import { fileURLToPath } from 'node:url';
import { cleanMessage } from '../ipc/cell.js';
import type { SourcePositions } from './source-positions.js';

/** The innermost frame of an error that lies in a cell or a local module. */
export interface UserFrame {
  filename: string;
  line: number;
  column: number;
}

/** Functions that the compiler adds to a cell. */
const HELPER = /^(?:Object\.)?(?:set )?\$hm_/;

const userFrames = new WeakMap<object, UserFrame>();
const ownFiles = new Set([import.meta.url, fileURLToPath(import.meta.url)]);

/** Where an error was made in user code; known once its `stack` has been read. */
export const userFrameOf = (error: object): UserFrame | null => userFrames.get(error) ?? null;

/** Installs the formatter for all errors of this process. */
export function installStackTraces(positions: SourcePositions): void {
  Error.prepareStackTrace = (error, sites) => {
    const lines = [headline(error)];
    let found = false;
    for (const site of sites) {
      const file = site.getFileName() ?? site.getScriptNameOrSourceURL();
      if (file !== null && ownFiles.has(file)) {
        // The call by which the runtime tells Node whose code it is.
        if (lines[lines.length - 1]?.includes('at AsyncLocalStorage.run (node:')) lines.pop();
        continue;
      }
      if (HELPER.test(site.getFunctionName() ?? '')) continue;
      const text = cleanMessage((site as { toString(): string }).toString());
      const line = site.getLineNumber();
      const column = site.getColumnNumber();
      if (file === null || line === null || column === null || !positions.has(file)) {
        lines.push(`    at ${text}`);
        continue;
      }
      const place = positions.original(file, line, column);
      if (!found && typeof error === 'object') {
        userFrames.set(error, { filename: file, ...place });
        found = true;
      }
      const label = positions.label(file) ?? file;
      const mapped = text.replace(`${file}:${line}:${column}`, () => `${label}:${place.line}:${place.column}`);
      lines.push(`    at ${withoutWrapper(mapped)}`);
    }
    return lines.join('\n');
  };
}

/** The function around a cell's code is no function of the user's: its name goes, the place stays. */
function withoutWrapper(frame: string): string {
  return frame.replace(
    /^(async )?(?:Object\.)?(?:__hm[\w$]*|\$hm\d+|eval|<anonymous>) \((.+)\)$/,
    (_all, prefix, place) => `${prefix ?? ''}${place}`,
  );
}

/** `Name: message`, as V8 makes it; never throws. */
function headline(error: unknown): string {
  try {
    return cleanMessage(Error.prototype.toString.call(error));
  } catch {
    return 'Error: its name or message cannot be read';
  }
}
