import { COMM_TARGET } from '@heapmark/protocol';
import { describe, expect, it } from 'vitest';
import { CommHub } from '../../../kernel/src/front/comms.js';
import { createLogger } from '../../../kernel/src/front/log.js';
import type { CommMessage } from '../../../kernel/src/ipc/messages.js';

const header = { msg_id: 'm', msg_type: 'comm_open', session: 's', username: '', date: '', version: '5.5' };
const message = (kind: CommMessage['kind'], commId: string, targetName?: string, data: unknown = {}): CommMessage => ({
  kind,
  commId,
  data,
  metadata: {},
  buffers: [],
  ...(targetName === undefined ? {} : { targetName }),
});

function setUp() {
  const sent: string[] = [];
  const forwarded: string[] = [];
  const received: unknown[] = [];
  let closed = 0;
  const hub = new CommHub(
    {
      send: (type: string, content: Record<string, unknown>) => sent.push(`${type} ${String(content['comm_id'])}`),
    } as never,
    () => ({ receive: (data) => received.push(data), close: () => (closed += 1) }),
    (forward) => forwarded.push(`${forward.kind} ${forward.commId}`),
    createLogger('off', () => undefined),
  );
  const from = (...args: Parameters<typeof message>): void => hub.fromClient(message(...args), header);
  return { hub, from, sent, forwarded, received, closed: () => closed };
}

describe('the comm hub', () => {
  it('keeps comms of the memory protocol, and passes all others on', () => {
    const { from, forwarded, received, closed } = setUp();
    from('open', 'mine', COMM_TARGET);
    from('msg', 'mine', undefined, { a: 1 });
    from('close', 'mine');
    from('open', 'theirs', 'widget');
    from('msg', 'theirs');
    from('close', 'theirs');
    expect(received).toEqual([{ a: 1 }]);
    expect(closed()).toBe(1);
    expect(forwarded).toEqual(['open theirs', 'msg theirs', 'close theirs']);
  });

  it('takes a request that comes with the opening', () => {
    const { from, received } = setUp();
    from('open', 'mine', COMM_TARGET, { jsonrpc: '2.0', id: 1, method: 'hello' });
    expect(received).toHaveLength(1);
  });

  it('closes the comms of user code when the runtime died, and keeps its own', () => {
    const { hub, from, sent } = setUp();
    from('open', 'mine', COMM_TARGET);
    from('open', 'theirs', 'widget');
    hub.runtimeDied();
    expect(sent).toEqual(['comm_close theirs']);
    expect(Object.keys(hub.list(null))).toEqual(['mine']);
  });

  it('holds a bounded number, however many are opened and left', () => {
    const { hub, from, closed } = setUp();
    for (let n = 0; n < 3_000; n += 1) from('open', `w${n}`, 'widget');
    for (let n = 0; n < 100; n += 1) from('open', `m${n}`, COMM_TARGET);
    expect(Object.keys(hub.list(null)).length).toBeLessThanOrEqual(1_000);
    expect(Object.keys(hub.list(COMM_TARGET))).toContain('m99');
    expect(Object.keys(hub.list(COMM_TARGET)).length).toBeLessThanOrEqual(32);
    expect(closed()).toBe(68);
  });
});
