import { describe, expect, it } from 'vitest';
import { ofType, shapeOf, textOf, useKernel } from '../helpers/shared-kernel.js';

const shared = useKernel();

describe('output', () => {
  it('keeps the order in which code made it, over streams and displays', async () => {
    const { broadcasts } = await shared.client.execute(`
      import { display as show } from "heapmark";
      for (let n = 0; n < 100; n++) {
        console.log("t" + n);
        show({ "text/plain": "d" + n });
        console.error("e" + n);
      }
    `);
    const made = broadcasts.flatMap(({ header, content }) =>
      header.msg_type === 'stream'
        ? (content['text'] as string).trim().split('\n')
        : header.msg_type === 'display_data'
          ? [content['data']['text/plain'] as string]
          : [],
    );
    expect(made).toEqual(Array.from({ length: 100 }, (_value, n) => [`t${n}`, `d${n}`, `e${n}`]).flat());
  });

  it('of children and of direct writes is there before the reply', async () => {
    const exchange = await shared.client.execute(`
      import { execSync } from "node:child_process";
      import { writeSync } from "node:fs";
      writeSync(1, "direct\\n");
      execSync("echo child; echo complaint >&2", { stdio: ["ignore", "inherit", "inherit"] });
    `);
    expect(textOf(exchange)).toContain('direct\nchild\n');
    expect(textOf(exchange, 'stderr')).toContain('complaint');
    expect(shapeOf(exchange).at(-1)).toBe('idle');
  });

  it('of a timer goes to the cell that set it, also when another one runs', async () => {
    const { client } = shared;
    const first = await client.execute(
      'let fire = () => {}; const fired = new Promise<void>((r) => (fire = r)); setTimeout(() => { console.log("tick"); fire(); }, 80);',
    );
    const second = await client.execute('await fired; console.log("tock");');
    const tick = await client.until((message) => String(message.content['text']).includes('tick'));
    expect(tick.parent.msg_id).toBe(first.id);
    expect(textOf(second)).toBe('tock\n');
  });

  it('of an error in a timer goes to its cell, and the kernel goes on', async () => {
    const { client } = shared;
    const first = await client.execute('setTimeout(() => { throw new TypeError("late"); }, 20);');
    const late = await client.until(
      (message) => message.header.msg_type === 'error' && message.content['evalue'] === 'late',
    );
    expect(late.parent.msg_id).toBe(first.id);
    expect((await client.execute('1')).reply.content['status']).toBe('ok');
  });

  it('arrives while the cell spins', async () => {
    const { client } = shared;
    const id = client.submit('console.log("begun"); { const until = Date.now() + 1500; while (Date.now() < until); }');
    const text = await client.until((message) => message.parent.msg_id === id && message.header.msg_type === 'stream');
    expect(text.content['text']).toBe('begun\n');
    expect(client.broadcastsOf(id).some((message) => message.content['execution_state'] === 'idle')).toBe(false);
    await client.exchange(id);
  });

  it('of 100 MB arrives whole, in messages of a sensible size', async () => {
    const exchange = await shared.client.execute('for (let n = 0; n < 100; n++) console.log("x".repeat(999_999));');
    expect(exchange.reply.content['status']).toBe('ok');
    const sizes = ofType(exchange, 'stream').map((content) => (content['text'] as string).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(100_000_000);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1_000_000);
    expect((await shared.client.execute('1')).reply.content['status']).toBe('ok');
  });

  it('of many short lines is gathered', async () => {
    const exchange = await shared.client.execute('for (let n = 0; n < 100_000; n++) console.log("line " + n);');
    expect(textOf(exchange).split('\n')).toHaveLength(100_001);
    expect(ofType(exchange, 'stream').length).toBeLessThan(2_000);
  });
});
