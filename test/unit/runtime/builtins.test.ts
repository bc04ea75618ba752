import { afterEach, describe, expect, it } from 'vitest';
import { asOurs } from '../../../kernel/src/runtime/builtins.js';

const { map } = Array.prototype;
const { stringify } = JSON;

afterEach(() => {
  Object.defineProperty(Array.prototype, 'map', { value: map, writable: true, enumerable: false, configurable: true });
  Object.defineProperty(JSON, 'stringify', { value: stringify, writable: true, enumerable: false, configurable: true });
});

describe('a step of the kernel', () => {
  it('has the original built-ins, and what replaced them is back when it returns', () => {
    const mine = (() => 'mine') as unknown as typeof map;
    Array.prototype.map = mine;
    expect(asOurs(() => [1, 2].map((each) => each * 2))).toEqual([2, 4]);
    expect(Array.prototype.map).toBe(mine);
  });

  it('gives back what replaced them when it throws, too', () => {
    const mine = (() => 'mine') as unknown as typeof map;
    Array.prototype.map = mine;
    expect(() =>
      asOurs(() => {
        throw new Error('a step that fails');
      }),
    ).toThrow('a step that fails');
    expect(Array.prototype.map).toBe(mine);
  });

  it('has those that were deleted, and those behind a getter that throws', () => {
    Reflect.deleteProperty(Array.prototype, 'map');
    Object.defineProperty(JSON, 'stringify', {
      configurable: true,
      get: () => {
        throw new Error('a getter of the user');
      },
    });
    const ours = asOurs(() => [[1].map(String), JSON.stringify('x')]);
    const stays = { map: 'map' in Array.prototype, getter: Object.getOwnPropertyDescriptor(JSON, 'stringify')?.get };
    Array.prototype.map = map;
    Object.defineProperty(JSON, 'stringify', { value: stringify });
    expect(ours).toEqual([['1'], '"x"']);
    expect(stays).toEqual({ map: false, getter: expect.any(Function) as unknown });
  });
});
