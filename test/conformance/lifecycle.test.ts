import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { startKernel, type KernelOptions, type RunningKernel } from '../helpers/kernel.js';
import { resultOf, textOf } from '../helpers/shared-kernel.js';
import type { WireClient } from '../helpers/wire-client.js';

let kernel: RunningKernel;

async function start(options: KernelOptions = {}): Promise<WireClient> {
  kernel = await startKernel(options);
  return kernel.connect();
}

afterEach(async () => {
  expect(kernel.faults.map(String)).toEqual([]);
  await kernel.stop();
});

const alive = (pid: number): boolean => {
  try {
    // A zombie has ended: only its parent has not noticed yet.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};
async function gone(pid: number): Promise<void> {
  const until = Date.now() + 10_000;
  while (alive(pid)) {
    if (Date.now() > until) throw new Error(`process ${pid} still runs`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
const runtimePid = async (client: WireClient): Promise<number> => Number(resultOf(await client.execute('process.pid')));
const sleeperPid = async (client: WireClient): Promise<number> => {
  const exchange = await client.execute(`
    import { spawn } from "node:child_process";
    const sleeper = spawn("sleep", ["1000"], { stdio: "ignore" });
    sleeper.pid
  `);
  return Number(resultOf(exchange));
};

describe('the start', () => {
  it('is told once, after the welcome', async () => {
    const client = await start();
    const types = client.seen
      .filter((message) => message.channel === 'iopub')
      .map((message) => message.header.msg_type);
    expect(types.slice(0, 2)).toEqual(['iopub_welcome', 'status']);
    expect(client.seen.find((message) => message.header.msg_type === 'status')?.content['execution_state']).toBe(
      'starting',
    );
  });

  it('welcomes every subscriber, and a second one hears no second start', async () => {
    const first = await start();
    const second = await kernel.connect();
    await second.request('kernel_info_request');
    expect(first.seen.filter((message) => message.content['execution_state'] === 'starting')).toHaveLength(1);
    expect(second.seen.filter((message) => message.content['execution_state'] === 'starting')).toHaveLength(0);
  });
});

describe('shutdown', () => {
  it('is answered, told to everyone, and ends everything', async () => {
    const client = await start();
    const runtime = await runtimePid(client);
    const sleeper = await sleeperPid(client);
    const id = client.send('shutdown_request', { restart: false }, { channel: 'control' });
    const { reply } = await client.exchange(id);
    expect(reply.content).toEqual({ status: 'ok', restart: false });
    const told = await client.until(
      (message) => message.channel === 'iopub' && message.header.msg_type === 'shutdown_reply',
    );
    expect(told.content).toEqual({ status: 'ok', restart: false });
    expect(await kernel.exited).toEqual({ code: 0, signal: null });
    await gone(runtime);
    await gone(sleeper);
  });

  it('for a restart says so', async () => {
    const client = await start();
    const { reply } = await client.request('shutdown_request', { restart: true }, { channel: 'control' });
    expect(reply.content).toEqual({ status: 'ok', restart: true });
    await kernel.exited;
  });

  it('does not wait for a cell that spins', async () => {
    const client = await start();
    const runtime = await runtimePid(client);
    const id = client.submit('console.log("begun"); while (true);');
    await client.until((message) => message.parent.msg_id === id && message.header.msg_type === 'stream');
    const began = performance.now();
    await client.request('shutdown_request', { restart: false }, { channel: 'control' });
    await kernel.exited;
    expect(performance.now() - began).toBeLessThan(3_000);
    await gone(runtime);
  });

  it('is what SIGTERM means', async () => {
    const client = await start();
    const runtime = await runtimePid(client);
    kernel.process.kill('SIGTERM');
    expect(await kernel.exited).toEqual({ code: 0, signal: null });
    await gone(runtime);
  });
});

describe('when the front is gone, however that happened', () => {
  it('the runtime ends, with the children of user code, even while it spins', async () => {
    const client = await start();
    const runtime = await runtimePid(client);
    const sleeper = await sleeperPid(client);
    const id = client.submit('console.log("begun"); while (true);');
    await client.until((message) => message.parent.msg_id === id && message.header.msg_type === 'stream');
    kernel.process.kill('SIGKILL');
    await gone(runtime);
    await gone(sleeper);
  });
});

describe('a signal to the whole group', () => {
  it('does not end the runtime: only the front decides', async () => {
    const client = await start();
    await client.execute('let kept = 1;');
    const runtime = await runtimePid(client);
    const id = client.submit(
      'console.log("begun"); { const until = Date.now() + 500; while (Date.now() < until); } "done"',
    );
    await client.until((message) => message.parent.msg_id === id && message.header.msg_type === 'stream');
    process.kill(-runtime, 'SIGINT');
    expect((await client.exchange(id)).reply.content['status']).toBe('ok');
    expect(resultOf(await client.execute('kept'))).toBe('1');
  });
});

describe('a runtime that dies', () => {
  it.each([
    ['by exit', 'process.exit(3)', /code 3/],
    ['by a signal', 'process.kill(process.pid, "SIGKILL"); await new Promise(() => {});', /SIGKILL/],
    ['by abort', 'process.abort()', /SIGABRT/],
  ])('%s is explained, replaced, and its variables are gone', async (_name, code, expected) => {
    const client = await start();
    await client.execute('let lost = 1;');
    const { reply } = await client.execute(code);
    expect(reply.content['status']).toBe('error');
    expect(reply.content['evalue']).toMatch(expected);
    expect(reply.content['evalue']).toMatch(/variables are lost/);
    expect(resultOf(await client.execute('1 + 1'))).toBe('2');
    expect((await client.execute('lost')).reply.content['status']).toBe('error');
  });

  it('out of memory is told apart, and what was queued is aborted', async () => {
    const client = await start({ env: { NODE_OPTIONS: '--max-old-space-size=80' } });
    const dying = client.submit('const all: object[] = []; for (;;) all.push({ a: [1, 2, 3, Math.random()] });');
    const queued = client.submit('1');
    const { reply } = await client.exchange(dying);
    expect(reply.content['ename']).toMatch(/OutOfMemory|MemoryLimit/);
    expect((await client.exchange(queued)).reply.content['status']).toBe('aborted');
    expect(resultOf(await client.execute('2 + 2'))).toBe('4');
  });

  it('between cells is told to whoever ran the last one', async () => {
    const client = await start();
    const { id } = await client.execute('setTimeout(() => process.exit(9), 50);');
    const told = await client.until((message) => message.header.msg_type === 'error' && message.parent.msg_id === id);
    expect(told.content['evalue']).toMatch(/code 9/);
    expect(textOf(await client.execute('console.log("again")'))).toBe('again\n');
  });
});

describe('files', () => {
  it('of a kernel that was stopped are not left behind in its folder', async () => {
    const client = await start();
    await client.execute('1');
    await client.request('shutdown_request', { restart: false }, { channel: 'control' });
    await kernel.exited;
    expect(readdirSync(kernel.folder).sort()).toEqual(['connection.json', 'state']);
    expect(existsSync(`${kernel.folder}/state/history.jsonl`)).toBe(true);
  });
});

describe('%reset --runtime', () => {
  it('gives a new process with nothing in it, and the cells behind it run there', async () => {
    const client = await start();
    await client.execute('let before = 1;');
    const pid = await runtimePid(client);
    const reset = client.submit('%reset --runtime -f');
    const next = client.submit('process.pid');
    expect((await client.exchange(reset)).reply.content['status']).toBe('ok');
    expect(Number(resultOf(await client.exchange(next)))).not.toBe(pid);
    expect((await client.execute('before')).reply.content['status']).toBe('error');
  });
});
