import { describe, expect, it } from 'vitest';
import { resultOf, useKernel } from '../helpers/shared-kernel.js';

const shared = useKernel();
const THROWS = '() => { throw new Error("replaced") }';

describe('a cell that replaces a built-in', () => {
  it.each([
    ['Array.prototype', 'map'],
    ['Array.prototype', 'push'],
    ['Array.prototype', 'shift'],
    ['Promise.prototype', 'then'],
    ['Map.prototype', 'get'],
    ['Set.prototype', 'has'],
    ['Object', 'entries'],
    ['JSON', 'stringify'],
    ['JSON', 'parse'],
    ['Buffer', 'concat'],
    ['Function.prototype', 'call'],
    ['String.prototype', 'split'],
  ])('%s.%s gets its reply, and so do those after it', async (owner, key) => {
    const { client } = shared;
    const first = await client.execute(`var kept = ${owner}.${key}; (${owner} as any).${key} = ${THROWS}; 1`);
    expect(first.reply.content['status']).toBe('ok');
    expect(resultOf(first)).toBe('1');
    expect(resultOf(await client.execute('const answer = 42; answer'))).toBe('42');
    expect((await client.execute(`${owner}.${key} = kept; kept.length`)).reply.content['status']).toBe('ok');
    expect(resultOf(await client.execute('[answer].map((each) => each + 1)[0]'))).toBe('43');
  });
});
