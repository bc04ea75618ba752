import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { startRuntime, type TestRuntime } from './child.js';

let runtime: TestRuntime;
afterEach(() => runtime.stop());

async function spinning(code = 'console.log("here"); for (;;);'): Promise<number> {
  const here = runtime.next('stream', ({ text }) => text.includes('here'));
  const { id } = runtime.start(code);
  await here;
  return id;
}

describe('the monitor', () => {
  it('samples memory while the main thread spins, stores of buffers included', async () => {
    runtime = await startRuntime();
    await spinning('const held = new Uint8Array(3e7); console.log("here"); for (;;) held[0]++;');
    runtime.sendMonitor({ type: 'sample', id: 1 });
    const { usage } = await runtime.nextOfMonitor('usage', 1);
    expect(usage.heapUsed).toBeGreaterThan(1e6);
    expect(usage.heapTotal).toBeGreaterThanOrEqual(usage.heapUsed ?? 0);
    expect(usage.arrayBuffers).toBeGreaterThanOrEqual(3e7);
    expect(usage.external).toBeGreaterThanOrEqual(usage.arrayBuffers ?? 0);
    expect(usage.rss).toBeGreaterThan(1e7);
  });

  it('samples memory whatever user code has put in the place of Node’s functions', async () => {
    runtime = await startRuntime();
    await runtime.run('process.memoryUsage = () => { throw new Error("mine") }; process.memoryUsage.rss = () => 1');
    runtime.sendMonitor({ type: 'sample', id: 9 });
    expect((await runtime.nextOfMonitor('usage', 9)).usage.arrayBuffers).toBeGreaterThan(0);
    await spinning();
    runtime.sendMonitor({ type: 'sample', id: 10 });
    expect((await runtime.nextOfMonitor('usage', 10)).usage.arrayBuffers).toBeGreaterThan(0);
  });

  it('pushes samples while it is asked to watch', async () => {
    runtime = await startRuntime();
    runtime.sendMonitor({ type: 'watch', everyMs: 5 });
    for (let count = 0; count < 3; count += 1) expect((await runtime.nextOfMonitor('usage')).id).toBeNull();
    runtime.sendMonitor({ type: 'watch', everyMs: null });
  });

  it('gives nulls, in time, for what a blocked main thread does not answer', async () => {
    runtime = await startRuntime();
    await spinning('console.log("here"); (await $hm.import("node:child_process")).execSync("sleep 30")');
    runtime.sendMonitor({ type: 'sample', id: 2 });
    const { usage } = await runtime.nextOfMonitor('usage', 2);
    expect(usage).toMatchObject({ heapUsed: null, arrayBuffers: null });
    expect(usage.rss).toBeGreaterThan(1e7);
  });

  it('collects garbage while the main thread spins', async () => {
    runtime = await startRuntime();
    const folder = mkdtempSync(join(tmpdir(), 'heapmark-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const sampled = join(folder, 'sampled');
    // It is held until it was sampled: V8 may collect by itself as soon as it is not.
    const dropped = runtime.next('stream', ({ text }) => text.includes('dropped'));
    await spinning(
      `const { existsSync } = await $hm.import("node:fs"); let held = new Array(4e6).fill(1.5); console.log("here");
       while (!existsSync(${JSON.stringify(sampled)})); held = null; console.log("dropped"); for (;;);`,
    );
    runtime.sendMonitor({ type: 'sample', id: 5 });
    const before = (await runtime.nextOfMonitor('usage', 5)).usage.heapUsed ?? 0;
    writeFileSync(sampled, '');
    await dropped;
    runtime.sendMonitor({ type: 'collect', id: 6, stopAbove: null });
    const after = (await runtime.nextOfMonitor('usage', 6)).usage.heapUsed;
    expect(after).toBeGreaterThan(1e6);
    expect(after).toBeLessThan(before - 25e6);
  });

  it('ends the code that has left more than that after a collection, and lets it go on otherwise', async () => {
    runtime = await startRuntime();
    const id = await spinning('const held = new Array(4e6).fill(1.5); console.log("here"); for (;;) held[0]++;');
    runtime.sendMonitor({ type: 'collect', id: 7, stopAbove: 1e9 });
    expect(await runtime.nextOfMonitor('usage', 7)).toMatchObject({ stoppedAt: null });
    runtime.sendMonitor({ type: 'collect', id: 8, stopAbove: 30e6 });
    const { usage, stoppedAt } = await runtime.nextOfMonitor('usage', 8);
    expect(usage.heapUsed).toBeGreaterThan(30e6);
    expect(stoppedAt?.[0]).toMatchObject({ url: 'cell-1.ts', line: 1 });
    const done = runtime.next('done', (message) => message.id === id);
    runtime.send({ type: 'abort', id, reason: 'memory' });
    expect((await done).status).toBe('aborted');
  });

  it('ends the code where it is, and tells where that was', async () => {
    runtime = await startRuntime();
    const id = await spinning('\nfunction busy() {\n  console.log("here");\n  for (;;);\n}\nbusy()');
    runtime.sendMonitor({ type: 'halt', id: 3, withinMs: 1_000, runs: false });
    const { at } = await runtime.nextOfMonitor('halted', 3);
    expect(at?.[0]).toMatchObject({ functionName: 'busy', url: 'cell-1.ts', line: 4 });
    const done = runtime.next('done', (message) => message.id === id);
    runtime.send({ type: 'abort', id, reason: 'interrupt', at });
    expect((await done).status).toBe('aborted');
  });

  it('ends nothing in an idle thread, nor what runs there afterwards', async () => {
    runtime = await startRuntime();
    runtime.sendMonitor({ type: 'halt', id: 4, withinMs: 1_000, runs: false });
    expect((await runtime.nextOfMonitor('halted', 4)).at).toBeNull();
    expect(await runtime.print('console.log(1)')).toBe('1\n');
  });
});

describe('the end of the front', () => {
  it('ends an idle runtime', async () => {
    runtime = await startRuntime();
    runtime.abandon();
    expect(await runtime.ended).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('ends a runtime that spins, and what it started', async () => {
    runtime = await startRuntime();
    const said = runtime.next('stream', ({ text }) => text.startsWith('child'));
    runtime.start(
      'const child = (await $hm.import("node:child_process")).spawn("sleep", ["60"]); console.log("child", child.pid); for (;;);',
    );
    const child = Number((await said).text.split(' ')[1]);
    runtime.abandon();
    expect(await runtime.ended).toEqual({ code: null, signal: 'SIGKILL' });
    await expect.poll(() => isAlive(child), { timeout: 10_000 }).toBe(false);
  });

  it('ends a runtime that writes without end', async () => {
    runtime = await startRuntime();
    await spinning('console.log("here"); for (;;) console.log("x".repeat(1000));');
    runtime.abandon();
    expect((await runtime.ended).signal).toBe('SIGKILL');
  });
});

describe("the end of V8's heap", () => {
  it('stops the code that comes to it, where it was, and every name is kept', async () => {
    runtime = await startRuntime(undefined, { NODE_OPTIONS: '--max-old-space-size=60' });
    await runtime.run('$hm.init(__hm_kept, 41)', { declares: { kept: 'let' } });
    const ended = runtime.nextOfMonitor('heapEnd');
    runtime.sendMonitor({ type: 'watchHeapEnd', on: true });
    const sampled = runtime.nextOfMonitor('usage', 6);
    runtime.sendMonitor({ type: 'sample', id: 6 });
    await sampled;
    const id = await spinning(
      'console.log("here"); const all = [];\nfunction fill() {\n  for (;;) all.push({ a: 1, b: [2] });\n}\nfill()',
    );
    const { at } = await ended;
    expect(at[0]).toMatchObject({ functionName: 'fill', url: `cell-${id}.ts` });
    const done = runtime.next('done', (message) => message.id === id);
    runtime.send({ type: 'abort', id, reason: 'memory', at });
    expect((await done).error).toMatchObject({ ename: 'MemoryLimitError' });
    expect(await runtime.print('console.log(__hm_kept.v)', { uses: ['kept'] })).toBe('41\n');
  });

  it('ignores debugger statements of user code', async () => {
    runtime = await startRuntime();
    runtime.sendMonitor({ type: 'watchHeapEnd', on: true });
    const sampled = runtime.nextOfMonitor('usage', 5);
    runtime.sendMonitor({ type: 'sample', id: 5 });
    await sampled;
    expect(await runtime.print('debugger; console.log("on")')).toBe('on\n');
  });
});

describe('signals to the process group', () => {
  it('are survived, spinning or not', async () => {
    runtime = await startRuntime();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(-runtime.pid, signal);
    expect(await runtime.print('console.log("alive")')).toBe('alive\n');
    const { done } = runtime.start(
      'console.log("here"); const end = Date.now() + 100; while (Date.now() < end); console.log("survived")',
    );
    await runtime.next('stream', ({ text }) => text.includes('here'));
    process.kill(-runtime.pid, 'SIGINT');
    expect((await done).status).toBe('ok');
  });

  it('shutdown ends it, with the exit handlers of user code', async () => {
    runtime = await startRuntime();
    await runtime.run('process.on("exit", () => console.log("bye"))');
    runtime.send({ type: 'shutdown' });
    expect(await runtime.ended).toEqual({ code: 0, signal: null });
    await expect.poll(() => runtime.text('stdout'), { timeout: 10_000 }).toBe('bye\n');
  });
});

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
