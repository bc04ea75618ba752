import { afterEach, describe, expect, it } from 'vitest';
import { startKernel, type RunningKernel } from '../helpers/kernel.js';
import { resultOf } from '../helpers/shared-kernel.js';
import { WireClient } from '../helpers/wire-client.js';

let kernel: RunningKernel;
afterEach(async () => {
  expect(kernel.faults.map(String)).toEqual([]);
  await kernel.stop();
});

async function works(): Promise<void> {
  const client = await kernel.connect();
  expect(resultOf(await client.execute('6 * 7'))).toBe('42');
  expect((await client.request('interrupt_request', {}, { channel: 'control' })).reply.content['status']).toBe('ok');
  expect(await client.beat('x')).toBe('x');
  const id = client.submit('await input("?")', { allow_stdin: true });
  client.answerInput(
    await client.until((message) => message.header.msg_type === 'input_request' && message.parent.msg_id === id),
    'yes',
  );
  expect(resultOf(await client.exchange(id))).toContain('yes');
}

describe('all five sockets work', () => {
  it('over tcp', async () => {
    kernel = await startKernel();
    await works();
  });

  it('over ipc', async () => {
    kernel = await startKernel({ transport: 'ipc' });
    await works();
  });

  it('over tcp with CurveZMQ', async () => {
    kernel = await startKernel({ encrypted: true });
    await works();
  });

  it('with an empty key, unsigned', async () => {
    kernel = await startKernel({ key: '' });
    await works();
  });
});

describe('an encrypted kernel', () => {
  it('says nothing to a client without keys', async () => {
    kernel = await startKernel({ encrypted: true });
    await kernel.connect();
    const { curve_publickey: _public, curve_secretkey: _secret, ...open } = kernel.info;
    const stranger = new WireClient(open);
    stranger.send('kernel_info_request', {});
    const friend = await kernel.connect();
    await friend.request('kernel_info_request');
    expect(stranger.seen).toEqual([]);
    stranger.close();
  });
});

describe('a kernel that cannot start', () => {
  it('says why in one line', async () => {
    kernel = await startKernel();
    await kernel.connect();
    const { spawnSync } = await import('node:child_process');
    const { KERNEL_MAIN } = await import('../helpers/kernel.js');
    const run = (file: string) => spawnSync(process.execPath, [KERNEL_MAIN, 'kernel', file], { encoding: 'utf8' });
    for (const file of ['/nowhere/connection.json', `${kernel.folder}/connection.json`]) {
      const { status, stderr } = run(file);
      expect(status).toBe(1);
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(stderr).toMatch(/^heapmark: /);
    }
  });
});
