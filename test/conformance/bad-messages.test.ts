import { describe, expect, it } from 'vitest';
import { shapeOf, useKernel } from '../helpers/shared-kernel.js';

const shared = useKernel();

/** The kernel answers afterwards, and has logged a line. */
async function survives(logged: RegExp): Promise<void> {
  await shared.client.request('kernel_info_request');
  expect(shared.kernel.log).toMatch(logged);
}

describe('what is no proper message', () => {
  it('is dropped when its signature is wrong', async () => {
    const { client } = shared;
    const header = client.header('kernel_info_request');
    client.sendFrames('shell', client.frames(header, {}, {}, {}, 'another key'));
    await survives(/wrong signature/);
    expect(client.seen.filter((message) => message.parent.msg_id === header.msg_id)).toEqual([]);
  });

  it('is dropped when it comes a second time', async () => {
    const { client } = shared;
    const header = client.header('kernel_info_request');
    const frames = client.frames(header, {}, {}, {});
    client.sendFrames('shell', frames);
    client.sendFrames('shell', frames);
    await survives(/a second time/);
    const replies = client.seen.filter(
      (message) => message.parent.msg_id === header.msg_id && message.channel === 'shell',
    );
    expect(replies).toHaveLength(1);
  });

  it.each([
    ['has no delimiter', ['hello']],
    ['ends after the delimiter', ['<IDS|MSG>']],
    ['is empty', ['']],
    ['has parts that are no JSON', ['<IDS|MSG>', '', '{', '}', '{', '}']],
  ])('is dropped when it %s', async (_name, frames) => {
    shared.client.sendFrames('shell', frames);
    await survives(/dropped on shell/);
  });

  it('is heard, and logged, when its type is unknown', async () => {
    const { client } = shared;
    const id = client.send('teapot_request', { short: true });
    await client.until((message) => message.parent.msg_id === id && message.content['execution_state'] === 'idle');
    expect(shapeOf({ broadcasts: client.broadcastsOf(id) })).toEqual(['busy', 'idle']);
    await survives(/teapot_request/);
  });

  it('gets an error reply when its content does not fit', async () => {
    const exchange = await shared.client.request('execute_request', { code: 7 });
    expect(exchange.reply.content).toMatchObject({ status: 'error', ename: 'BadRequest' });
    expect(shapeOf(exchange)).toEqual(['busy', 'idle']);
  });

  it('may carry binary buffers that nobody wants', async () => {
    const { reply } = await shared.client.request(
      'kernel_info_request',
      {},
      { buffers: [Buffer.from([0, 255, 1]), Buffer.alloc(0)] },
    );
    expect(reply.content['status']).toBe('ok');
  });
});
