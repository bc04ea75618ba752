/**
 * Frames on a byte stream: the letters `HMRK`, a 32-bit little-endian length, then a `v8.serialize` payload of that many
 * bytes. User code shares the runtime's descriptors: by the letters, bytes that it wrote there are noticed at once.
 * Serialisation is the structured clone of V8 (https://nodejs.org/api/v8.html#serialization-api).
 */
import { deserialize, serialize } from 'node:v8';

/** Longest frame that is accepted, bytes: a longer one means a broken or hostile stream. */
export const MAX_FRAME_BYTES = 512 * 1024 * 1024;

const MARK = 0x4b52_4d48;
const LENGTH_AT = 4;
const HEADER_BYTES = 8;

/** One frame as a buffer ready to be written. */
export function encodeFrame(message: unknown): Buffer {
  const payload = serialize(message);
  if (payload.length > MAX_FRAME_BYTES) throw new RangeError(`A frame of ${payload.length} bytes is over the limit.`);
  const frame = Buffer.allocUnsafe(HEADER_BYTES + payload.length);
  frame.writeUInt32LE(MARK, 0);
  frame.writeUInt32LE(payload.length, LENGTH_AT);
  payload.copy(frame, HEADER_BYTES);
  return frame;
}

/** Cuts a stream of chunks into frames; one instance a stream. Throws RangeError on what is no frame. */
export class FrameDecoder {
  private chunks: Buffer[] = [];
  private buffered = 0;
  private part: 'mark' | 'length' | 'body' = 'mark';
  private wanted = LENGTH_AT;

  /** Takes a chunk and gives the messages it completes. */
  *push(chunk: Buffer): Generator<unknown> {
    this.chunks.push(chunk);
    this.buffered += chunk.length;
    while (this.buffered >= this.wanted) {
      const bytes = this.take(this.wanted);
      if (this.part === 'mark') {
        if (bytes.readUInt32LE(0) !== MARK) throw new RangeError('The stream holds bytes that are no frame.');
        this.expect('length', HEADER_BYTES - LENGTH_AT);
      } else if (this.part === 'length') {
        const length = bytes.readUInt32LE(0);
        if (length > MAX_FRAME_BYTES) throw new RangeError(`A frame of ${length} bytes is over the limit.`);
        this.expect('body', length);
      } else {
        this.expect('mark', LENGTH_AT);
        yield read(bytes);
      }
    }
  }

  private expect(part: 'mark' | 'length' | 'body', bytes: number): void {
    this.part = part;
    this.wanted = bytes;
  }

  private take(size: number): Buffer {
    let first = this.chunks[0] ?? Buffer.alloc(0);
    if (first.length < size) {
      first = Buffer.concat(this.chunks, this.buffered);
      this.chunks = [first];
    }
    const rest = first.subarray(size);
    if (rest.length > 0) this.chunks[0] = rest;
    else this.chunks.shift();
    this.buffered -= size;
    return first.subarray(0, size);
  }
}

/** V8 and Node throw errors of many kinds, some of them by accident, on bytes that they did not write. */
function read(payload: Buffer): unknown {
  try {
    return deserialize(payload);
  } catch (cause) {
    throw new RangeError('A frame whose payload cannot be read.', { cause });
  }
}
