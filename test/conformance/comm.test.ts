import { describe, expect, it } from 'vitest';
import { COMM_TARGET } from '@heapmark/protocol';
import { openMemory } from '../helpers/memory-comm.js';
import { resultOf, useKernel } from '../helpers/shared-kernel.js';

const shared = useKernel();
const commOf = (id: string, type: string) =>
  shared.client.until((message) => message.header.msg_type === type && message.content['comm_id'] === id);

describe('comms', () => {
  it('of a target nobody knows are closed at once', async () => {
    shared.client.send('comm_open', { comm_id: 'lost', target_name: 'nowhere', data: {} });
    expect((await commOf('lost', 'comm_close')).content['comm_id']).toBe('lost');
  });

  it('are listed, all or of one target', async () => {
    const memory = await openMemory(shared.client);
    const list = async (content: object) =>
      (await shared.client.request('comm_info_request', content)).reply.content['comms'] as object;
    expect(await list({})).toMatchObject({ [memory.id]: { target_name: COMM_TARGET } });
    expect(Object.keys(await list({ target_name: COMM_TARGET }))).toContain(memory.id);
    expect(await list({ target_name: 'other' })).toEqual({});
    memory.close();
    await shared.client.request('kernel_info_request');
    expect(Object.keys(await list({}))).not.toContain(memory.id);
  });

  it('that a cell opens carry data and binary buffers both ways', async () => {
    const { client } = shared;
    const { id } = await client.execute(`
      import { createComm } from "heapmark";
      const comm = createComm("my-target", { first: 1 }, { buffers: [new Uint8Array([1, 2, 3])] });
      let heard: unknown[] = [];
      comm.onMessage((event: any) => { heard.push([event.data, [...event.buffers[0]]]); });
    `);
    const opened = await client.until(
      (message) => message.header.msg_type === 'comm_open' && message.parent.msg_id === id,
    );
    expect(opened.content).toMatchObject({ target_name: 'my-target', data: { first: 1 } });
    expect(opened.buffers.map((buffer) => [...buffer])).toEqual([[1, 2, 3]]);
    client.send(
      'comm_msg',
      { comm_id: opened.content['comm_id'], data: { hi: true } },
      { buffers: [Buffer.from([0, 255])] },
    );
    await client.request('kernel_info_request');
    expect(resultOf(await client.execute('JSON.stringify(heard)'))).toContain('[[{"hi":true},[0,255]]]');
  });

  it('that are not open are closed when somebody writes to them', async () => {
    shared.client.send('comm_msg', { comm_id: 'never-opened', data: {} });
    expect((await commOf('never-opened', 'comm_close')).content['comm_id']).toBe('never-opened');
  });
});
