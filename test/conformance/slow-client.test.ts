import { Subscriber } from 'zeromq';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resultOf, useKernel } from '../helpers/shared-kernel.js';

const shared = useKernel();
let stuck: Subscriber;

/** A client that listens to the broadcasts and never reads one. */
beforeEach(async () => {
  const { info } = shared.kernel;
  const welcomes = () => shared.client.seen.filter(({ header }) => header.msg_type === 'iopub_welcome').length;
  const before = welcomes();
  const welcomed = shared.client.next(() => welcomes() > before, 'its welcome');
  stuck = new Subscriber({ receiveHighWaterMark: 1, linger: 0 });
  stuck.subscribe();
  stuck.connect(`tcp://${info.ip}:${info.iopub_port}`);
  await welcomed;
});
afterEach(() => stuck.close());

describe('a client that does not read', () => {
  it('does not keep the others from anything, for long', async () => {
    const exchange = await shared.client.execute('for (let n = 0; n < 100; n++) console.log("x".repeat(999_999));');
    expect(exchange.reply.content['status']).toBe('ok');
    const text = exchange.broadcasts.filter(({ header }) => header.msg_type === 'stream');
    expect(text.reduce((sum, { content }) => sum + (content['text'] as string).length, 0)).toBe(100_000_000);
  });

  it('costs nobody the variables when a cell that prints without end is interrupted', async () => {
    const { client } = shared;
    await client.execute('let survivor = 42;');
    const id = client.submit('for (;;) console.log("y".repeat(99_999));');
    await client.until((message) => message.parent.msg_id === id && message.header.msg_type === 'stream');
    await client.request('interrupt_request', {}, { channel: 'control' });
    expect((await client.exchange(id)).reply.content).toMatchObject({ ename: 'KeyboardInterrupt' });
    expect(resultOf(await client.execute('survivor'))).toBe('42');
  });
});
