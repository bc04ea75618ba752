import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { shapeOf, useKernel } from '../helpers/shared-kernel.js';

const shared = useKernel();

describe('kernel_info', () => {
  it('names the protocol, the kernel and the language', async () => {
    const { reply } = await shared.client.request('kernel_info_request');
    expect(reply.content).toMatchObject({
      protocol_version: '5.5',
      implementation: 'heapmark',
      debugger: false,
      supported_features: [],
      language_info: {
        name: 'typescript',
        file_extension: '.ts',
        mimetype: 'text/typescript',
        version: ts.version,
      },
    });
  });

  it('is answered between busy and idle, on shell and on control', async () => {
    for (const channel of ['shell', 'control'] as const) {
      const exchange = await shared.client.request('kernel_info_request', {}, { channel });
      expect(exchange.reply.channel).toBe(channel);
      expect(shapeOf(exchange)).toEqual(['busy', 'idle']);
    }
  });

  it('has a reply whose parent is the request, whole', async () => {
    const { id, reply } = await shared.client.request('kernel_info_request');
    expect(reply.parent).toMatchObject({
      msg_id: id,
      msg_type: 'kernel_info_request',
      session: shared.client.session,
      username: 'test',
    });
  });
});

describe('connect', () => {
  it('tells the ports', async () => {
    const { reply } = await shared.client.request('connect_request');
    expect(reply.content['shell_port']).toBe(shared.kernel.info.shell_port);
  });
});

describe('the heartbeat', () => {
  it('gives back what it got', async () => {
    expect(await shared.client.beat('ping')).toBe('ping');
    expect(await shared.client.beat('pong')).toBe('pong');
  });
});

describe('a debugger', () => {
  it('is politely refused', async () => {
    const { reply } = await shared.client.request(
      'debug_request',
      { type: 'request', seq: 7, command: 'initialize' },
      { channel: 'control' },
    );
    expect(reply.content).toMatchObject({ success: false, request_seq: 7, command: 'initialize' });
  });
});
