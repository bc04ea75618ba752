import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drainMarker, MARKER_PREFIX } from '../../../kernel/src/ipc/process.js';
import { NativeOutput } from '../../../kernel/src/front/native-output.js';

const SECRET = 'abc123';

function read(chunks: Buffer[]): { text: string; markers: number[]; order: (string | number)[] } {
  const order: (string | number)[] = [];
  const output = new NativeOutput(
    SECRET,
    (text) => order.push(text),
    (id) => order.push(id),
  );
  for (const chunk of chunks) output.push(chunk);
  output.end();
  return {
    text: order.filter((item) => typeof item === 'string').join(''),
    markers: order.filter((item) => typeof item === 'number'),
    order,
  };
}

describe('native output', () => {
  it('is text without the markers, wherever the stream was cut', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.integer({ min: 1, max: 7 }), (texts, size) => {
        const bytes = Buffer.concat(texts.flatMap((text, index) => [Buffer.from(text), drainMarker(SECRET, index)]));
        const chunks: Buffer[] = [];
        for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
        const { text, markers } = read(chunks);
        expect(text).toBe(texts.join(''));
        expect(markers).toEqual(texts.map((_text, index) => index));
      }),
    );
  });

  it('tells the text before a marker first', () => {
    expect(read([Buffer.concat([Buffer.from('before'), drainMarker(SECRET, 7), Buffer.from('after')])]).order).toEqual([
      'before',
      7,
      'after',
    ]);
  });

  it("leaves markers that are not this runtime's in the text", () => {
    const other = drainMarker('other', 1).toString('latin1');
    expect(read([Buffer.from(other)])).toMatchObject({ text: other, markers: [] });
  });

  it('gives back an unfinished marker when the stream ends', () => {
    expect(read([Buffer.from(`${MARKER_PREFIX}${SECRET}:1`)]).text).toBe(`${MARKER_PREFIX}${SECRET}:1`);
  });

  it('shows bytes that are no UTF-8 as replacement characters', () => {
    expect(read([Buffer.from([0xff, 0x41])]).text).toBe('\ufffdA');
  });
});
