import { describe, expect, it } from 'vitest';
import { StdinDesk } from '../../../kernel/src/front/stdin.js';
import type { ReceivedMessage } from '../../../kernel/src/front/wire.js';

const from = (session: string, id = 'm'): ReceivedMessage => ({
  identities: [],
  header: { msg_id: id, msg_type: 'execute_request', session, username: '', date: '', version: '5.5' },
  parent: {},
  metadata: {},
  content: {},
  buffers: [],
});

describe('the stdin desk', () => {
  it('asks one question at a time, in order', async () => {
    const asked: string[] = [];
    const desk = new StdinDesk((_client, { prompt }) => asked.push(prompt));
    const cell = from('s');
    const answers = [desk.ask(cell, 'a', false), desk.ask(cell, 'b', true)];
    expect(asked).toEqual(['a']);
    desk.reply(from('s'), '1');
    expect(asked).toEqual(['a', 'b']);
    desk.reply(from('s'), '2');
    expect(await Promise.all(answers)).toEqual(['1', '2']);
  });

  it('ignores answers that nobody waits for, or from another front end', async () => {
    const desk = new StdinDesk(() => undefined);
    expect(desk.reply(from('s'), 'x')).toBe(false);
    const answer = desk.ask(from('s'), 'a', false);
    expect(desk.reply(from('other'), 'x')).toBe(false);
    expect(desk.reply(from('s'), 'y')).toBe(true);
    expect(await answer).toBe('y');
  });

  it('refuses what is open when the cell ends, and goes on with the next', async () => {
    const asked: string[] = [];
    const desk = new StdinDesk((_client, { prompt }) => asked.push(prompt));
    const first = from('s', '1');
    const second = from('s', '2');
    const ended = desk.ask(first, 'a', false);
    const next = desk.ask(second, 'b', false);
    desk.cancel(first);
    await expect(ended).rejects.toMatchObject({ code: 'CELL_ENDED' });
    expect(asked).toEqual(['a', 'b']);
    desk.reply(from('s'), 'z');
    expect(await next).toBe('z');
  });
});
