import { decode, encode } from '@jridgewell/sourcemap-codec';
import { describe, expect, it } from 'vitest';
import { Edits } from '../../../kernel/src/compiler/edits.js';

/** A map of a text to itself, with a segment at each of the given positions. */
function identity(text: string, positions: number[]): string {
  const lines = text.split('\n').map(() => [] as [number, number, number, number][]);
  for (const position of positions) {
    const before = text.slice(0, position).split('\n');
    const line = before.length - 1;
    const column = before[line]?.length ?? 0;
    lines[line]?.push([column, 0, line, column]);
  }
  return encode(lines);
}

describe('edits', () => {
  it('put closing text before opening text, the inner first', () => {
    const edits = new Edits('f(a)(b)');
    edits.open(0, '[');
    edits.open(0, '(');
    edits.close(4, ')');
    edits.close(4, ']');
    edits.open(4, '<');
    edits.close(7, '>');
    expect(edits.apply(null).text).toBe('[(f(a))]<(b)>');
  });

  it('refuse ranges that overlap', () => {
    const edits = new Edits('abcdef');
    edits.replace(0, 3, 'x');
    edits.replace(2, 4, 'y');
    expect(() => edits.apply(null)).toThrow(/does not fit/);
  });

  it('move the map along, over lines that come and go', () => {
    const text = 'one two\nthree four\nfive';
    const edits = new Edits(text);
    edits.replace(0, 3, '1\n1');
    edits.replace(8, 18, 'x');
    edits.open(19, '>>');
    const { text: changed, mappings } = edits.apply(identity(text, [0, 4, 8, 14, 19]));
    expect(changed).toBe('1\n1 two\nx\n>>five');
    expect(decode(mappings ?? '')).toEqual([[[0, 0, 0, 0]], [[2, 0, 0, 4]], [[0, 0, 1, 0]], [[2, 0, 2, 0]]]);
  });

  it('may bring a part back twice, in another order, with changes of its own', () => {
    const text = 'head\nleft right\ntail';
    const edits = new Edits(text);
    const louder = new Edits(text);
    louder.replace(5, 9, 'LEFT');
    const plain = new Edits(text);
    edits.splice(5, 15, [
      { start: 10, end: 15, edits: plain },
      ' ',
      { start: 5, end: 9, edits: louder },
      '\n',
      { start: 5, end: 9, edits: plain },
    ]);
    const { text: changed, mappings } = edits.apply(identity(text, [0, 5, 10, 16]));
    expect(changed).toBe('head\nright LEFT\nleft\ntail');
    expect(decode(mappings ?? '')).toEqual([
      [[0, 0, 0, 0]],
      [
        [0, 0, 1, 5],
        [6, 0, 1, 0],
      ],
      [[0, 0, 1, 0]],
      [[0, 0, 2, 0]],
    ]);
  });
});
