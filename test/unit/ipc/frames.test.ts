import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame, FrameDecoder, MAX_FRAME_BYTES } from '../../../kernel/src/ipc/frames.js';

const decodeIn = (bytes: Buffer, sizes: number[]): unknown[] => {
  const decoder = new FrameDecoder();
  const messages: unknown[] = [];
  let at = 0;
  for (const size of [...sizes, bytes.length]) {
    messages.push(...decoder.push(bytes.subarray(at, at + size)));
    at += size;
  }
  return messages;
};

describe('frames', () => {
  it('come out as they went in, however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue(), { maxLength: 8 }),
        fc.array(fc.nat(40), { maxLength: 30 }),
        (values, sizes) => {
          const bytes = Buffer.concat(values.map((value) => encodeFrame(value)));
          expect(decodeIn(bytes, sizes)).toEqual(structuredClone(values));
        },
      ),
    );
  });

  it('keep typed arrays and binary buffers', () => {
    const [message] = decodeIn(encodeFrame({ buffers: [new Uint8Array([1, 2, 255])] }), [3]);
    expect(message).toEqual({ buffers: [new Uint8Array([1, 2, 255])] });
  });

  it('of a length over the limit are refused before anything is allocated', () => {
    const header = encodeFrame(null).subarray(0, 8);
    header.writeUInt32LE(MAX_FRAME_BYTES + 1, 4);
    expect(() => [...new FrameDecoder().push(header)]).toThrow(/over the limit/);
  });

  it('are told from bytes that somebody else wrote to the stream', () => {
    expect(() => [...new FrameDecoder().push(Buffer.from('some text'))]).toThrow(/no frame/);
    const decoder = new FrameDecoder();
    expect([...decoder.push(encodeFrame(1))]).toEqual([1]);
    expect(() => [...decoder.push(Buffer.alloc(8))]).toThrow(/no frame/);
  });
});
