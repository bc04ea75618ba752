/**
 * Frames on a byte stream: a 32-bit little-endian length, then a `v8.serialize` payload of that many bytes.
 * Serialisation is the structured clone of V8 (https://nodejs.org/api/v8.html#serialization-api).
 */
import { deserialize, serialize } from 'node:v8';

/** Longest frame that is accepted, bytes: a longer one means a broken or hostile stream. */
export const MAX_FRAME_BYTES = 0x7fff_ffff;

const HEADER_BYTES = 4;

/** One frame as a buffer ready to be written. */
export function encodeFrame(message: unknown): Buffer {
  const payload = serialize(message);
  if (payload.length > MAX_FRAME_BYTES) throw new RangeError(`A frame of ${payload.length} bytes is over the limit.`);
  const frame = Buffer.allocUnsafe(HEADER_BYTES + payload.length);
  frame.writeUInt32LE(payload.length, 0);
  payload.copy(frame, HEADER_BYTES);
  return frame;
}

/** Cuts a stream of chunks into frames; one instance a stream. Throws RangeError on a length over the limit. */
export class FrameDecoder {
  private chunks: Buffer[] = [];
  private buffered = 0;
  private wanted = HEADER_BYTES;
  private inBody = false;

  /** Takes a chunk and gives the messages it completes. */
  *push(chunk: Buffer): Generator<unknown> {
    this.chunks.push(chunk);
    this.buffered += chunk.length;
    while (this.buffered >= this.wanted) {
      const bytes = this.take(this.wanted);
      if (this.inBody) {
        this.inBody = false;
        this.wanted = HEADER_BYTES;
        yield deserialize(bytes);
      } else {
        this.wanted = bytes.readUInt32LE(0);
        if (this.wanted > MAX_FRAME_BYTES) throw new RangeError(`A frame of ${this.wanted} bytes is over the limit.`);
        this.inBody = true;
      }
    }
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
