import { createHook } from 'node:async_hooks';
import { expect, it } from 'vitest';
import { closureOf } from '../../../kernel/src/runtime/closure.js';

it('reads what a function closes over, by name', () => {
  const kept = { inner: true };
  const alsoKept = (): object => kept;
  expect(closureOf(() => alsoKept(), ['alsoKept', 'kept', 'absent'])).toEqual({ alsoKept, kept });
});

it("finds Node's own counters of async hooks, as the stop of a cell needs them", () => {
  const { enable } = Object.getPrototypeOf(createHook({})) as ReturnType<typeof createHook>;
  const { getHookArrays } = closureOf(enable, ['getHookArrays']) as { getHookArrays?: () => unknown[] };
  expect(getHookArrays?.()[1]).toBeInstanceOf(Uint32Array);
});

it('leaves nothing behind on globalThis', () => {
  const before = Reflect.ownKeys(globalThis);
  closureOf(() => before, ['before']);
  expect(Reflect.ownKeys(globalThis)).toEqual(before);
});
