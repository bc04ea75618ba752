import { expect, it } from 'vitest';
import { asBytes } from '../../../kernel/src/render/bytes.js';

it('gives the bytes of any binary data, and of a view only its part', () => {
  const data = new Uint8Array([1, 2, 3, 4]);
  expect(asBytes(data)).toBe(data);
  expect([...asBytes(data.buffer)]).toEqual([1, 2, 3, 4]);
  expect([...asBytes(new DataView(data.buffer, 1, 2))]).toEqual([2, 3]);
  expect([...asBytes(new Uint16Array(data.buffer, 2, 1))]).toEqual([3, 4]);
  expect([...asBytes(new SharedArrayBuffer(2))]).toEqual([0, 0]);
});

it('refuses what has no bytes', () => {
  for (const wrong of ['text', 5, [1], null]) expect(() => asBytes(wrong)).toThrow(TypeError);
});
