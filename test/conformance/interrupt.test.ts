import { describe, expect, it } from 'vitest';
import { resultOf, textOf, useKernel } from '../helpers/shared-kernel.js';

const shared = useKernel();

const begun = (id: string) =>
  shared.client.until((message) => message.parent.msg_id === id && message.header.msg_type === 'stream');
const byMessage = async (): Promise<void> => {
  const { reply } = await shared.client.request('interrupt_request', {}, { channel: 'control' });
  expect(reply.content).toEqual({ status: 'ok' });
};
const bySignal = async (): Promise<void> => {
  shared.kernel.process.kill('SIGINT');
};

/** Runs a cell that prints, interrupts it, and gives how it ended. */
async function interrupted(code: string, how: () => Promise<void>) {
  const id = shared.client.submit(`console.log("begun"); ${code}`);
  await begun(id);
  const at = performance.now();
  await how();
  const exchange = await shared.client.exchange(id);
  return { ...exchange, tookMs: performance.now() - at };
}

describe('an interrupt', () => {
  it.each([
    ['that spins', 'while (true);'],
    ['that spins after an await', 'await 0; while (true);'],
    ['that waits for ever', 'await new Promise(() => {});'],
    ['that floods microtasks', 'for (;;) await 0;'],
    ['that loops over timers', 'for (;;) await new Promise((r) => setTimeout(r, 1));'],
    ['that spins inside a timer', 'await new Promise(() => { setTimeout(() => { while (true); }, 5); });'],
    ['that catches everything', 'for (;;) { try { while (true); } catch {} }'],
    ['that matches for ever', '/^(a+)+$/.test("a".repeat(60) + "b");'],
    ['that sleeps in the thread', 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);'],
    ['that waits for a child', 'require("node:child_process").execSync("sleep 60");'],
    [
      'that waits for what a child left behind that has ended',
      'require("node:child_process").execSync("(trap \'\' INT; sleep 60) & exit 3");',
    ],
    [
      'with async context of its own',
      'new (require("node:async_hooks").AsyncLocalStorage)().run(1, () => { while (true); });',
    ],
  ])('by message ends a cell %s', async (_name, code) => {
    const { reply, tookMs } = await interrupted(code, byMessage);
    expect(reply.content).toMatchObject({ status: 'error', ename: 'KeyboardInterrupt' });
    expect(tookMs).toBeLessThan(3_000);
    expect(resultOf(await shared.client.execute('1 + 1'))).toBe('2');
  });

  it.each([
    ['of the file system', 'require("node:fs/promises").stat("/")'],
    ['of its own', 'new Promise((resolve) => setImmediate(resolve))'],
  ])('ends the code of a loop over promises %s, not only its reply', async (_name, promise) => {
    await shared.client.execute('var rounds = 0;');
    const loop = `const turn = async () => { await ${promise}; rounds++; }; for (;;) { try { await turn(); } catch {} }`;
    const { reply } = await interrupted(loop, byMessage);
    expect(reply.content).toMatchObject({ status: 'error', ename: 'KeyboardInterrupt' });
    const later = await shared.client.execute(
      'const seen = rounds; await new Promise((resolve) => setTimeout(resolve, 1_000)); [seen > 0, rounds - seen]',
    );
    expect(resultOf(later)).toBe('[ true, 0 ]');
  });

  it('while no cell runs clears the timers that cells have left, and says which', async () => {
    const id = shared.client.submit(
      'var ticks = 0; setInterval(function tick() { ticks++; }, 1); console.log("begun")',
    );
    await shared.client.exchange(id);
    const told = shared.client.until(
      (message) => message.header.msg_type === 'stream' && String(message.content['text']).includes('stopped'),
    );
    await byMessage();
    expect((await told).content).toMatchObject({
      name: 'stderr',
      text: 'Interrupted: stopped setInterval(tick) of this cell.\n',
    });
    const later = await shared.client.execute(
      'const then = ticks; await new Promise((resolve) => setTimeout(resolve, 50)); ticks - then',
    );
    expect(resultOf(later)).toBe('0');
  });

  it.each([
    ['that spins', 'while (true);'],
    ['that waits', 'await new Promise(() => {});'],
  ])('by signal ends a cell %s', async (_name, code) => {
    const { reply } = await interrupted(code, bySignal);
    expect(reply.content).toMatchObject({ status: 'error', ename: 'KeyboardInterrupt' });
  });

  it('ends the code and not only the reply', async () => {
    const { client } = shared;
    await client.execute('let ticks = 0;');
    await interrupted('for (;;) { ticks++; await new Promise((r) => setTimeout(r, 5)); }', byMessage);
    const first = resultOf(await client.execute('ticks'));
    // Timers of one length fire in the order they were set: the loop's next turn would come before these.
    await client.execute('for (let turn = 0; turn < 5; turn++) await new Promise((r) => setTimeout(r, 5))');
    expect(resultOf(await client.execute('ticks'))).toBe(first);
  });

  it('keeps variables and what the cell had done', async () => {
    await shared.client.execute('let kept = "here";');
    await interrupted('let partial = 5; while (true);', byMessage);
    expect(resultOf(await shared.client.execute('kept'))).toContain('here');
  });

  it.each([
    ['for', 'for (let i = 0; ; i++) { turns++; count += 1; }'],
    ['while', 'let i = 0; while (true) { turns++; count += 1; i++; }'],
    ['do', 'let i = 0; do { turns++; count += 1; i++; } while (i >= 0);'],
    ['nested', 'for (let i = 0; ; ) for (let j = 0; j < 7; j++) { turns++; count += 1; i++; }'],
    [
      'for with a branch',
      'for (let i = 0; ; i++) { if (i % 2 === 0) { turns++; count += 1; } else { count += 1; turns++; } }',
    ],
  ])('keeps what a hot loop at the top level (%s) has counted', async (_name, loop) => {
    const { reply } = await interrupted(`let turns = 0; let count = 0; let text = ''; ${loop}`, byMessage);
    expect(reply.content).toMatchObject({ status: 'error', ename: 'KeyboardInterrupt' });
    // It ended between two statements of a turn: both are whole, and one may be a turn ahead of the other.
    const { broadcasts } = await shared.client.execute('[turns > 1_000, Math.abs(turns - count) <= 1, text === ""]');
    expect(resultOf({ broadcasts })).toBe('[ true, true, true ]');
    expect(resultOf(await shared.client.execute('turns = 5; turns'))).toBe('5');
  });

  it('ends a child that the cell waits for', async () => {
    const { reply, tookMs } = await interrupted(
      '(await import("node:child_process")).execSync("sleep 60");',
      byMessage,
    );
    expect(reply.content['status']).toBe('error');
    expect(tookMs).toBeLessThan(8_000);
    expect((await shared.client.execute('1')).reply.content['status']).toBe('ok');
  });

  it('ends the children that code started in the background', async () => {
    const { client } = shared;
    await client.execute(`
      import { spawn } from "node:child_process";
      const ended: (string | null)[] = [];
      spawn("sleep", ["1000"], { stdio: "ignore" }).on("exit", (_code, signal) => ended.push(signal));
    `);
    await interrupted('while (true);', byMessage);
    await client.execute('while (ended.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));');
    expect(resultOf(await client.execute('ended.join()'))).toContain('SIGINT');
  });

  it('aborts what is queued behind the cell', async () => {
    const { client } = shared;
    const spinning = client.submit('console.log("begun"); while (true);');
    await begun(spinning);
    const queued = client.submit('"queued"');
    await byMessage();
    await client.exchange(spinning);
    expect((await client.exchange(queued)).reply.content['status']).toBe('aborted');
  });

  it('with nothing running changes nothing', async () => {
    await byMessage();
    const exchange = await shared.client.execute('console.log("fine")');
    expect(textOf(exchange)).toBe('fine\n');
    expect(exchange.reply.content['status']).toBe('ok');
  });
});
