import { beforeAll, describe, expect, it } from 'vitest';
import { startKernel } from '../helpers/kernel.js';
import { useKernel } from '../helpers/shared-kernel.js';
import type { WireClient } from '../helpers/wire-client.js';

const shared = useKernel();
type Entry = [number, number, string | [string, string | null]];

const ask = async (content: object, client: WireClient = shared.client): Promise<Entry[]> => {
  const { reply } = await client.request('history_request', { output: false, raw: true, ...content });
  return reply.content['history'] as Entry[];
};

beforeAll(async () => {
  for (const code of ['1+1', '2+2', '1+1', 'let x = 3']) await shared.client.execute(code);
});

describe('history', () => {
  it('tail gives the last n, oldest first', async () => {
    expect(await ask({ hist_access_type: 'tail', n: 2 })).toEqual([
      [1, 3, '1+1'],
      [1, 4, 'let x = 3'],
    ]);
  });

  it('tail with output gives source and output', async () => {
    expect(await ask({ hist_access_type: 'tail', n: 2, output: true })).toEqual([
      [1, 3, ['1+1', '2']],
      [1, 4, ['let x = 3', null]],
    ]);
  });

  it('range gives lines of a session, without the stop', async () => {
    expect(await ask({ hist_access_type: 'range', session: 0, start: 2, stop: 4 })).toEqual([
      [1, 2, '2+2'],
      [1, 3, '1+1'],
    ]);
  });

  it('search matches globs, once each when unique, n at most', async () => {
    expect((await ask({ hist_access_type: 'search', pattern: '?+?' })).map(([, line]) => line)).toEqual([1, 2, 3]);
    expect((await ask({ hist_access_type: 'search', pattern: '1?1', unique: true })).map(([, line]) => line)).toEqual([
      3,
    ]);
    expect((await ask({ hist_access_type: 'search', pattern: '?+?', n: 2 })).map(([, line]) => line)).toEqual([2, 3]);
  });

  it('is there in the next kernel', async () => {
    const next = await startKernel({ env: { HEAPMARK_STATE_DIR: `${shared.kernel.folder}/state` } });
    try {
      const client = await next.connect();
      await client.execute('"new"');
      expect(await ask({ hist_access_type: 'tail', n: 2 }, client)).toEqual([
        [1, 4, 'let x = 3'],
        [2, 1, '"new"'],
      ]);
    } finally {
      await next.stop();
    }
  });

  it('is kept in memory when the disk fails', async () => {
    const next = await startKernel({ env: { HEAPMARK_STATE_DIR: '/dev/null/nowhere' } });
    try {
      const client = await next.connect();
      await client.execute('"kept"');
      expect(await ask({ hist_access_type: 'tail', n: 5 }, client)).toEqual([[1, 1, '"kept"']]);
    } finally {
      await next.stop();
    }
  });
});
