import { describe, expect, it } from 'vitest';
import { openMemory } from '../helpers/memory-comm.js';
import { useKernel } from '../helpers/shared-kernel.js';

const shared = useKernel();
const SPIN_MS = 10_000;

describe('while a cell spins for ten seconds', () => {
  // How fast, `npm run bench` measures.
  it('kernel_info, completion and the memory protocol answer many times', async () => {
    const { client } = shared;
    await client.execute('const tableOfThings = [1, 2, 3];');
    const memory = await openMemory(client);
    await memory.request('variables', {});
    await client.request('complete_request', { code: 'tableOf', cursor_pos: 7 });
    const id = client.submit(
      `console.log("begun"); { const until = Date.now() + ${SPIN_MS}; while (Date.now() < until); }`,
    );
    await client.until((message) => message.parent.msg_id === id && message.header.msg_type === 'stream');
    let rounds = 0;
    const running = () =>
      !client.seen.some((message) => message.parent.msg_id === id && message.content['execution_state'] === 'idle');
    while (running()) {
      await client.request('kernel_info_request');
      await client.request('complete_request', { code: 'tableOf', cursor_pos: 7 });
      await memory.request('memory', {});
      const answer = (await memory.request('variables', {})) as { stale: boolean };
      if (!running()) break;
      expect(answer.stale).toBe(true);
      rounds += 1;
    }
    expect(rounds).toBeGreaterThan(10);
    expect((await client.exchange(id)).reply.content['status']).toBe('ok');
  });
});
