import { ErrorCode } from '@heapmark/protocol';
import { describe, expect, it } from 'vitest';
import { KernelLink } from '../../../../labextension/src/client/link.js';
import { FakeKernel, hello, settle } from '../fake-kernel.js';

function link(kernel = new FakeKernel()) {
  const states: string[] = [];
  const made = new KernelLink(kernel, { client: 'test', onInvalid: (problem) => expect.fail(problem.message) });
  made.stateChanged.connect((_, state) => states.push(state.kind));
  return { kernel, link: made, states };
}

describe('the link to a kernel', () => {
  it('sends nothing before somebody wants it', async () => {
    const { kernel } = link();
    kernel.become('up');
    await settle();
    expect(kernel.channels).toHaveLength(0);
  });

  it('says hello first and is ready with the answer', async () => {
    const { kernel, link: made, states } = link();
    made.want();
    await settle();
    expect(kernel.methods).toEqual(['hello']);
    expect(states).toEqual(['connecting', 'ready']);
    expect(made.state).toEqual({ kind: 'ready', hello });
  });

  it('waits for a kernel that starts', async () => {
    const { kernel, link: made } = link();
    kernel.state = 'starting';
    made.want();
    expect(kernel.channels).toHaveLength(0);
    kernel.become('up');
    await settle();
    expect(made.state.kind).toBe('ready');
  });

  it('takes a kernel that closes the comm for one that does not speak the protocol, and leaves it in peace', async () => {
    const { kernel, link: made } = link();
    kernel.silent.add('hello');
    made.want();
    kernel.channel.onClose?.();
    await settle();
    expect(made.state).toEqual({ kind: 'unsupported', reason: null });
    made.want();
    kernel.become('up');
    await settle();
    expect(kernel.channels).toHaveLength(1);
  });

  it('takes a kernel that deals with hello and says nothing for one that does not speak the protocol', async () => {
    const { kernel, link: made } = link();
    kernel.silent.add('hello');
    made.want();
    kernel.channel.dealtWith[0]?.();
    await settle();
    expect(made.state.kind).toBe('unsupported');
    kernel.channel.answer('hello', hello);
    await settle();
    expect(made.state.kind).toBe('ready');
  });

  it("gives the kernel's reason when it refuses", async () => {
    const { kernel, link: made } = link();
    kernel.silent.add('hello');
    made.want();
    kernel.channel.refuse('hello', ErrorCode.unsupportedVersion, 'Update the panel.');
    await settle();
    expect(made.state).toEqual({ kind: 'unsupported', reason: 'Update the panel.' });
    expect(kernel.channel.isClosed).toBe(true);
  });

  it('opens a new comm after a restart', async () => {
    const { kernel, link: made, states } = link();
    made.want();
    await settle();
    kernel.become('restarting');
    expect(made.state).toEqual({ kind: 'lost', why: 'restarting' });
    kernel.become('starting');
    kernel.become('up');
    await settle();
    expect(states).toEqual(['connecting', 'ready', 'lost', 'connecting', 'ready']);
    expect(kernel.channels.map(({ isClosed }) => isClosed)).toEqual([true, false]);
  });

  it('asks a kernel again after its restart although it refused before', async () => {
    const { kernel, link: made } = link();
    kernel.silent.add('hello');
    made.want();
    kernel.channel.onClose?.();
    kernel.silent.clear();
    kernel.become('restarting');
    kernel.become('up');
    await settle();
    expect(made.state.kind).toBe('ready');
  });

  it('never opens again by itself what the kernel closed, but does when asked to', async () => {
    const { kernel, link: made } = link();
    made.want();
    await settle();
    kernel.channel.onClose?.();
    expect(made.state).toEqual({ kind: 'lost', why: 'closed' });
    made.want();
    await settle();
    expect(kernel.channels).toHaveLength(1);
    made.retry();
    await settle();
    expect(made.state.kind).toBe('ready');
  });

  it('rejects requests in flight when the network drops, and connects again when it is back', async () => {
    const { kernel, link: made } = link();
    made.want();
    await settle();
    kernel.silent.add('memory');
    const answer = made.request('memory', {});
    kernel.become('disconnected');
    await expect(answer).rejects.toMatchObject({ code: ErrorCode.cancelled });
    await expect(made.request('memory', {})).rejects.toMatchObject({ code: ErrorCode.unavailable });
    kernel.become('up');
    await settle();
    expect(made.state.kind).toBe('ready');
  });

  it('does not ask for what the kernel cannot answer', async () => {
    const { kernel, link: made } = link();
    made.want();
    await settle();
    await expect(made.request('gpu', {})).rejects.toMatchObject({ code: ErrorCode.methodNotFound });
    expect(kernel.methods).toEqual(['hello']);
  });

  it('says why when the kernel takes no comms at all', () => {
    const { kernel, link: made } = link();
    kernel.open = () => {
      throw new Error('Comms are disabled');
    };
    made.want();
    expect(made.state).toEqual({ kind: 'unsupported', reason: 'Comms are disabled' });
  });

  it('closes its comm when it is disposed', async () => {
    const { kernel, link: made } = link();
    made.want();
    await settle();
    made.dispose();
    made.dispose();
    expect(kernel.channel.isClosed).toBe(true);
    kernel.become('restarting');
    kernel.become('up');
    await settle();
    expect(kernel.channels).toHaveLength(1);
  });
});
