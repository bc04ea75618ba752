import { describe, expect, it } from 'vitest';
import { createLogger } from '../../../kernel/src/front/log.js';
import { Outbox } from '../../../kernel/src/front/outbox.js';
import { Session } from '../../../kernel/src/front/session.js';
import type { Message } from '../../../kernel/src/front/wire.js';

const session = new Session();
const messageOf = (type: string, content: Record<string, unknown> = {}): Message =>
  session.message(type, content, null);
const build = (name: string, text: string): Message => messageOf('stream', { name, text });

function setUp(accepts: () => boolean = () => true) {
  const sent: Message[] = [];
  const pressure: boolean[] = [];
  const logged: string[] = [];
  let dropping = false;
  let clock = 0;
  let encoding: Message | null = null;
  const outbox = new Outbox(
    {
      async publish() {
        clock += 1_000;
        if (!dropping && !accepts()) return false;
        if (encoding !== null) sent.push(encoding);
        return true;
      },
      dropForSlowSubscribers: () => (dropping = true),
    },
    (message) => {
      encoding = message;
      JSON.stringify(message.content);
      return [];
    },
    (pressed) => pressure.push(pressed),
    createLogger('warn', (line) => logged.push(line)),
    () => clock,
  );
  return { outbox, sent, pressure, logged };
}

const shapeOf = (message: Message): string =>
  `${message.header.msg_type} ${(message.content['text'] as string | undefined) ?? ''}`.trim();

describe('the outbox', () => {
  it('joins neighbouring text of one cell and stream, and keeps the order of everything', async () => {
    const { outbox, sent } = setUp();
    outbox.stream('cell', 'stdout', 'a', build);
    outbox.stream('cell', 'stdout', 'b', build);
    outbox.stream('cell', 'stderr', 'c', build);
    outbox.push(messageOf('display_data'));
    outbox.stream('cell', 'stderr', 'd', build);
    outbox.stream('other', 'stderr', 'e', build);
    await outbox.flushed();
    expect(sent.map(shapeOf)).toEqual(['stream ab', 'stream c', 'display_data', 'stream d', 'stream e']);
  });

  it('cuts long text into messages without losing or splitting a character', async () => {
    const { outbox, sent } = setUp();
    const text = 'x😀'.repeat(100_000);
    outbox.stream('cell', 'stdout', text, build);
    await outbox.flushed();
    const pieces = sent.map((message) => message.content['text'] as string);
    expect(pieces.join('')).toBe(text);
    expect(pieces.length).toBeGreaterThan(4);
    expect(pieces.some((piece) => /[\ud800-\udbff]$/.test(piece))).toBe(false);
  });

  it('asks the source to pause when much is waiting, and to go on when it has left', async () => {
    const { outbox, pressure } = setUp();
    const megabyte = 'x'.repeat(1_000_000);
    for (let n = 0; n < 20; n += 1) outbox.stream('cell', 'stdout', megabyte, build);
    expect(pressure).toEqual([true]);
    await outbox.flushed();
    expect(pressure).toEqual([true, false]);
  });

  it('offers a refused message again until it is taken', async () => {
    let refusals = 3;
    const { outbox, sent } = setUp(() => refusals-- <= 0);
    outbox.push(messageOf('status'));
    await outbox.flushed();
    expect(sent).toHaveLength(1);
  });

  it('lets a subscriber that takes nothing lose messages rather than hold the kernel', async () => {
    const { outbox, sent } = setUp(() => false);
    outbox.push(messageOf('status'));
    await outbox.flushed();
    expect(sent).toHaveLength(1);
  });

  it('drops, with a log line, what cannot be written as JSON, and sends the rest', async () => {
    const { outbox, sent, logged } = setUp();
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    outbox.push(messageOf('display_data', circular));
    outbox.push(messageOf('status'));
    await outbox.flushed();
    expect(sent.map(shapeOf)).toEqual(['status']);
    expect(logged).toHaveLength(1);
  });
});
