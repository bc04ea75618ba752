/** `process.stdout`, `process.stderr` and `console` of user code: their text goes to the front, tagged with its cell. */
import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { TextDecoder } from 'node:util';
import { currentRun, NO_CELL } from './cell-run.js';
import type { StreamName } from './outbox.js';
import type { CellTag } from '../ipc/messages.js';

/** Takes text of a stream. */
export type TextSink = (tag: CellTag, name: StreamName, text: string) => void;

/** Width that libraries are told, characters: a notebook has no terminal, and tables need some measure. */
const COLUMNS = 100;

type Written = (error?: Error | null) => void;

/**
 * A stream that delivers each write before it returns. Never full, never ended: `end()` only writes its last chunk, as
 * for Node's own `process.stdout`, which cannot be closed either.
 */
class CellStream extends Writable {
  readonly fd: number;
  readonly columns = COLUMNS;
  /** Bytes that may be the beginning of a character, while only Buffers are written. */
  private decoder: TextDecoder | null = null;

  constructor(
    private readonly streamName: StreamName,
    private readonly sink: TextSink,
  ) {
    super({ decodeStrings: false });
    this.fd = streamName === 'stdout' ? 1 : 2;
  }

  override write(chunk: unknown, encoding?: BufferEncoding | Written, callback?: Written): boolean {
    const done = typeof encoding === 'function' ? encoding : callback;
    const text = this.textOf(chunk, typeof encoding === 'string' ? encoding : undefined);
    if (text !== '') this.sink(currentRun()?.tag ?? NO_CELL, this.streamName, text);
    if (typeof done === 'function') process.nextTick(done);
    return true;
  }

  override end(chunk?: unknown, encoding?: BufferEncoding | (() => void), callback?: () => void): this {
    const done = [chunk, encoding, callback].find((argument) => typeof argument === 'function') as Written | undefined;
    if (chunk !== undefined && chunk !== null && typeof chunk !== 'function') {
      this.write(chunk, typeof encoding === 'string' ? encoding : undefined);
    }
    if (done !== undefined) process.nextTick(done);
    return this;
  }

  override _write(chunk: unknown, encoding: BufferEncoding, callback: Written): void {
    this.write(chunk, encoding, callback);
  }

  override destroy(): this {
    return this;
  }

  private textOf(chunk: unknown, encoding: BufferEncoding | undefined): string {
    if (typeof chunk === 'string') {
      const held = this.decoder?.decode() ?? '';
      this.decoder = null;
      // A text in `hex` or `base64` stands for bytes.
      if (encoding === undefined || !BYTE_ENCODINGS.has(encoding)) return held + chunk;
      return held + this.decode(Buffer.from(chunk, encoding));
    }
    if (chunk instanceof Uint8Array) return this.decode(chunk);
    throw Object.assign(
      new TypeError(
        'The "chunk" argument must be of type string or an instance of Buffer or Uint8Array.' +
          ` Received ${chunk === null ? 'null' : `type ${typeof chunk}`}`,
      ),
      { code: 'ERR_INVALID_ARG_TYPE' },
    );
  }

  private decode(bytes: Uint8Array): string {
    this.decoder ??= new TextDecoder('utf-8', { ignoreBOM: true });
    return this.decoder.decode(bytes, { stream: true });
  }
}

const BYTE_ENCODINGS = new Set<string>(['hex', 'base64', 'base64url', 'latin1', 'binary', 'ucs2', 'ucs-2', 'utf16le']);

/** Methods that a Console of our own takes over. The inspector's side of Node's console would keep what was printed. */
const CONSOLE_METHODS = [
  'log', 'info', 'debug', 'warn', 'error', 'dir', 'dirxml', 'table', 'trace', 'assert', 'count', 'countReset',
  'group', 'groupCollapsed', 'groupEnd', 'time', 'timeEnd', 'timeLog',
] as const; // prettier-ignore

/**
 * Puts the streams in place.
 * @param clear is called by `console.clear()`.
 */
export function replaceOutput(sink: TextSink, clear: () => void): void {
  for (const name of ['stdout', 'stderr'] as const) {
    const stream = new CellStream(name, sink);
    Object.defineProperty(process, name, { configurable: true, enumerable: true, get: () => stream });
  }
  const own = new Console({ stdout: process.stdout, stderr: process.stderr });
  for (const method of CONSOLE_METHODS) Reflect.set(console, method, Reflect.get(own, method));
  Object.defineProperty(console, '_stdout', { configurable: true, get: () => process.stdout });
  Object.defineProperty(console, '_stderr', { configurable: true, get: () => process.stderr });
  Reflect.set(console, 'clear', clear);
}
