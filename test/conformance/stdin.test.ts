import { describe, expect, it } from 'vitest';
import { resultOf, useKernel } from '../helpers/shared-kernel.js';

const shared = useKernel();
const question = (id: string, nth = 0) =>
  shared.client.until(
    (message) =>
      message.header.msg_type === 'input_request' &&
      message.parent.msg_id === id &&
      shared.client.seen
        .filter((seen) => seen.header.msg_type === 'input_request' && seen.parent.msg_id === id)
        .indexOf(message) >= nth,
  );

describe('input', () => {
  it('asks the front end that ran the cell, and gives what was typed', async () => {
    const { client } = shared;
    const id = client.submit('const name = await input("Your name? "); name.toUpperCase()', { allow_stdin: true });
    const asked = await question(id);
    expect(asked.content).toEqual({ prompt: 'Your name? ', password: false });
    client.answerInput(asked, 'ada');
    expect(resultOf(await client.exchange(id))).toContain('ADA');
  });

  it('hides a password', async () => {
    const { client } = shared;
    const id = client.submit('(await input("Key: ", { password: true })).length', { allow_stdin: true });
    const asked = await question(id);
    expect(asked.content['password']).toBe(true);
    client.answerInput(asked, 'secret');
    expect(resultOf(await client.exchange(id))).toBe('6');
  });

  it('asks one question at a time', async () => {
    const { client } = shared;
    const id = client.submit('(await Promise.all([input("a"), input("b")])).join("-")', { allow_stdin: true });
    client.answerInput(await question(id, 0), '1');
    client.answerInput(await question(id, 1), '2');
    expect(resultOf(await client.exchange(id))).toContain('1-2');
  });

  it('fails with a clear error where the front end cannot ask', async () => {
    const { reply } = await shared.client.execute('await input("?")', { allow_stdin: false });
    expect(reply.content['status']).toBe('error');
    expect(reply.content['evalue']).toMatch(/input\(\)/);
  });

  it('ends with its cell when that is interrupted, and a late answer is ignored', async () => {
    const { client } = shared;
    const id = client.submit('await input("never")', { allow_stdin: true });
    const asked = await question(id);
    await client.request('interrupt_request', {}, { channel: 'control' });
    expect((await client.exchange(id)).reply.content['status']).toBe('error');
    client.answerInput(asked, 'too late');
    expect(resultOf(await client.execute('1 + 1'))).toBe('2');
  });

  it("has nothing to do with the process's own standard input, which is at its end", async () => {
    const { client } = shared;
    expect(resultOf(await client.execute('import { readFileSync } from "node:fs"; readFileSync(0).length'))).toBe('0');
  });
});
