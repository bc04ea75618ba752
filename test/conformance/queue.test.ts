import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resultOf, shapeOf, useKernel } from '../helpers/shared-kernel.js';

const shared = useKernel();

/** Resolves when the cell has begun. */
const begun = (id: string) =>
  shared.client.until((message) => message.parent.msg_id === id && message.header.msg_type === 'execute_input');

describe('cells that are queued', () => {
  it('run one after another, in order', async () => {
    const { client } = shared;
    await client.execute('const order: number[] = [];');
    const ids = [1, 2, 3].map((n) =>
      client.submit(`await new Promise((r) => setTimeout(r, ${30 - 10 * n})); order.push(${n});`),
    );
    for (const id of ids) await client.exchange(id);
    expect(resultOf(await client.execute('order.join()'))).toContain('1,2,3');
  });

  it('are aborted when one before them fails; one sent after the error runs', async () => {
    const { client } = shared;
    const failing = client.submit('await new Promise((r) => setTimeout(r, 50)); throw new Error("no");');
    const queued = [client.submit('1'), client.submit('2')];
    const failed = await client.exchange(failing);
    const later = client.submit('"later"');
    expect(failed.reply.content['status']).toBe('error');
    for (const id of queued) {
      const exchange = await client.exchange(id);
      expect(exchange.reply.content['status']).toBe('aborted');
      expect(shapeOf(exchange)).toEqual(['busy', 'idle']);
    }
    expect((await client.exchange(later)).reply.content['status']).toBe('ok');
  });

  it('run all the same when the failing one had stop_on_error off', async () => {
    const { client } = shared;
    const failing = client.submit('await 0; throw new Error("no");', { stop_on_error: false });
    const queued = client.submit('"still"');
    await client.exchange(failing);
    expect((await client.exchange(queued)).reply.content['status']).toBe('ok');
  });

  it('leave the kernel busy for the cell while other requests are answered', async () => {
    const { client } = shared;
    const folder = mkdtempSync(join(tmpdir(), 'heapmark-queue-'));
    const go = JSON.stringify(join(folder, 'go'));
    const wait = `while (!existsSync(${go})) await new Promise((r) => setTimeout(r, 5));`;
    const id = client.submit(`import { existsSync } from 'node:fs'; ${wait}`);
    await begun(id);
    const during = await client.request('kernel_info_request');
    writeFileSync(join(folder, 'go'), '');
    await client.exchange(id);
    rmSync(folder, { recursive: true });
    const statuses = client.seen.filter((message) => message.header.msg_type === 'status');
    const at = statuses.findIndex(
      (message) => message.parent.msg_id === during.id && message.content['execution_state'] === 'idle',
    );
    expect(statuses[at + 1]).toMatchObject({ parent: { msg_id: id }, content: { execution_state: 'busy' } });
    expect(statuses.at(-1)).toMatchObject({ parent: { msg_id: id }, content: { execution_state: 'idle' } });
  });
});
