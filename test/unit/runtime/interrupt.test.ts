import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plain, startRuntime, type TestRuntime } from './child.js';

let runtime: TestRuntime;
beforeAll(async () => {
  runtime = await startRuntime();
});
afterAll(() => runtime.stop());

let asked = 0;
/** Stops what runs, as the front does: its code first, then the abort that is always answered. */
async function terminate(id: number): Promise<void> {
  const halted = runtime.nextOfMonitor('halted', ++asked);
  runtime.sendMonitor({ type: 'halt', id: asked, withinMs: 1_000, runs: false });
  const { at } = await halted;
  runtime.send({ type: 'abort', id, reason: 'interrupt', at });
}

/** Starts a cell that says when it has come to the place where it is to be interrupted. */
async function startUntilHere(code: string) {
  const here = runtime.next('stream', ({ text }) => text.includes('here'));
  const started = runtime.start(code);
  await here;
  return started;
}

describe('an abort', () => {
  it('ends a cell that waits', async () => {
    const { id, done } = await startUntilHere('console.log("here"); await new Promise(() => {})');
    runtime.send({ type: 'abort', id, reason: 'interrupt' });
    expect(await done).toMatchObject({
      status: 'aborted',
      error: { ename: 'KeyboardInterrupt', evalue: 'The cell was interrupted.' },
    });
  });

  it('says when memory was the reason', async () => {
    const { id, done } = await startUntilHere('console.log("here"); await new Promise(() => {})');
    runtime.send({ type: 'abort', id, reason: 'memory' });
    expect((await done).error).toMatchObject({
      ename: 'MemoryLimitError',
      evalue: expect.stringContaining('memory limit'),
    });
  });

  it('is answered for an unknown run, and for one that waits for its turn', async () => {
    const unknown = runtime.next('done', ({ id }) => id === 999_999);
    runtime.send({ type: 'abort', id: 999_999, reason: 'interrupt' });
    expect((await unknown).status).toBe('aborted');
    const first = await startUntilHere(
      'console.log("here"); await new Promise((resolve) => { globalThis.go = resolve })',
    );
    const second = runtime.start('console.log("never")');
    runtime.send({ type: 'abort', id: second.id, reason: 'interrupt' });
    expect((await second.done).status).toBe('aborted');
    runtime.send({ type: 'abort', id: first.id, reason: 'interrupt' });
    await first.done;
    expect(runtime.text('stdout')).not.toContain('never');
  });

  it('that comes with the cell does not let its code spin on unseen', async () => {
    const { id, done } = runtime.start('await null; console.log("here"); for (;;) await null;');
    const here = runtime.next('stream', ({ text }) => text.includes('here'));
    let over = false;
    void done.then(() => (over = true));
    runtime.send({ type: 'abort', id, reason: 'interrupt' });
    await here;
    expect(over).toBe(false);
    await terminate(id);
    expect((await done).status).toBe('aborted');
    expect(await runtime.print('console.log("alive")')).toBe('alive\n');
  });

  it('clears the timers of the cell, and only those', async () => {
    await runtime.run('globalThis.ticks = 0; globalThis.other = setInterval(() => ticks++, 1)');
    const { id, done } = await startUntilHere(
      `globalThis.mine = []; mine.push(setInterval(() => {}, 1), setTimeout(() => {}, 1e6)); console.log("here");
       await new Promise((resolve) => setTimeout(resolve, 1e6))`,
    );
    runtime.send({ type: 'abort', id, reason: 'interrupt' });
    await done;
    const text = await runtime.print(
      `const before = ticks; await new Promise((resolve) => { const wait = setInterval(() => ticks > before && (clearInterval(wait), resolve()), 1) });
       clearInterval(globalThis.other); console.log(mine.map((timer) => timer._destroyed).join())`,
    );
    expect(text).toBe('true,true\n');
  });

  it('ends loops over promised timers', async () => {
    const { id, done } = await startUntilHere(
      `const { setTimeout: sleep } = await $hm.import("node:timers/promises"); globalThis.count = 0;
       try { for (;;) { await sleep(1); if (++count === 5) console.log("here") } } finally { globalThis.over = true }`,
    );
    runtime.send({ type: 'abort', id, reason: 'interrupt' });
    await done;
    expect(await runtime.print('await null; console.log(globalThis.over)')).toBe('true\n');
  });

  it('rejects questions and magics that wait', async () => {
    const ask = runtime.next('ask');
    const { id, done } = runtime.start(
      'try { await input("?") } catch (error) { globalThis.caught = error.name; throw error }',
    );
    await ask;
    runtime.send({ type: 'abort', id, reason: 'interrupt' });
    expect((await done).status).toBe('aborted');
    expect(await runtime.print('console.log(globalThis.caught)')).toBe('KeyboardInterrupt\n');
    const late = runtime.of('lateError').length;
    expect(late).toBe(0);
  });
});

describe('after an abort', () => {
  /** Runs a cell that goes on by itself after each answer of `globalThis.go`, aborts it, and lets it go on. */
  async function goOnAfterAbort(code: string): Promise<void> {
    const { id, done } = await startUntilHere(
      `globalThis.log = []; globalThis.step = () => new Promise((resolve) => { globalThis.go = resolve }); ${code}`,
    );
    runtime.send({ type: 'abort', id, reason: 'interrupt' });
    await done;
    await runtime.run('go()');
  }
  const log = (): Promise<string> => runtime.print('console.log(log.join())');

  it('code that awaits something of its own ends where it goes on', async () => {
    await goOnAfterAbort(
      `console.log("here"); try { for (;;) { $hm.after(await $hm.wait(step())); log.push("on") } }
       catch (error) { log.push(error.name); throw error } finally { log.push("finally") }`,
    );
    expect(await log()).toBe('KeyboardInterrupt,finally\n');
    expect(runtime.of('lateError')).toEqual([]);
  });

  it('a loop that catches everything is left waiting', async () => {
    await goOnAfterAbort(
      `console.log("here"); for (;;) { try { $hm.after(await $hm.wait(step())) } catch { log.push("caught") } }`,
    );
    const [first, second] = [await log(), await log()];
    expect(first).toBe(second);
    expect(first.split(',').length).toBeLessThan(200);
  });

  it('a timer that its code starts does not fire', async () => {
    await goOnAfterAbort(
      `console.log("here"); await step(); globalThis.late = setTimeout(() => log.push("fired"), 0); log.push("started")`,
    );
    expect(await runtime.print('console.log(log.join(), late._destroyed)')).toBe('started true\n');
  });

  it('code of other cells goes on, also where it calls the same functions', async () => {
    await runtime.run(
      'globalThis.shared = async () => { await $hm.wait(0); return $hm.after(1) }; globalThis.log = [];',
    );
    const { id, done } = await startUntilHere('console.log("here"); await new Promise(() => {})');
    runtime.send({ type: 'abort', id, reason: 'interrupt' });
    await done;
    expect(await runtime.print('console.log(await shared())')).toBe('1\n');
  });
});

describe('an end of background work', () => {
  it('clears the timers that cells have left, and tells each cell which', async () => {
    const { tag } = await runtime.run(
      `globalThis.ticks = 0; setInterval(function tick() { ticks++ }, 1); setInterval(() => {}, 1e6); setTimeout(() => {}, 0);
       await new Promise((resolve) => setTimeout(resolve, 5))`,
    );
    const told = runtime.next('stream', ({ text }) => text.includes('stopped'));
    runtime.send({ type: 'stopBackground', id: 77 });
    expect(await told).toMatchObject({
      tag,
      name: 'stderr',
      text: 'Interrupted: stopped setInterval(tick), setInterval of this cell.\n',
    });
    const replied = runtime.next('reply', ({ id }) => id === 78);
    runtime.send({ type: 'stopBackground', id: 78 });
    expect(await replied).toMatchObject({ ok: true, value: 0 });
    const text = await runtime.print(
      'const before = ticks; await new Promise((resolve) => setTimeout(resolve, 10)); console.log(ticks - before)',
    );
    expect(text).toBe('0\n');
  });
});

describe('a termination', () => {
  const spins: Record<string, string> = {
    'a loop': 'console.log("here"); for (;;);',
    'a loop after an await': 'await null; console.log("here"); for (;;);',
    'a loop after a timer': 'await new Promise((resolve) => setTimeout(resolve, 1)); console.log("here"); for (;;);',
    "a timer's callback": 'setTimeout(() => { console.log("here"); for (;;); }, 1); await new Promise(() => {})',
    "an immediate's callback": 'setImmediate(() => { console.log("here"); for (;;); }); await new Promise(() => {})',
    "a tick's callback": 'process.nextTick(() => { console.log("here"); for (;;); }); await new Promise(() => {})',
    'a flood of microtasks':
      'console.log("here"); const again = () => Promise.resolve().then(again); again(); await new Promise(() => {})',
    "the user's own async context":
      'new (await $hm.import("node:async_hooks")).AsyncLocalStorage().run(1, () => { console.log("here"); for (;;); })',
    'async hooks of its own':
      '(await $hm.import("node:async_hooks")).createHook({ init() {}, after() {} }).enable(); console.log("here"); for (;;);',
    'a timer with async hooks of its own':
      '(await $hm.import("node:async_hooks")).createHook({ init() {}, after() {} }).enable().disable().enable(); setTimeout(() => { console.log("here"); for (;;); }, 1); await new Promise(() => {})',
    'a flood of promises with async hooks of its own':
      '(await $hm.import("node:async_hooks")).createHook({ init() {}, promiseResolve() {} }).enable(); console.log("here"); for (;;) await 0;',
    'an async resource':
      'new (await $hm.import("node:async_hooks")).AsyncResource("x").runInAsyncScope(() => { console.log("here"); for (;;); })',
    'a callback of the file system':
      '(await $hm.import("node:fs")).stat("/", () => { console.log("here"); for (;;); }); await new Promise(() => {})',
    'a loop that prints': 'console.log("here"); for (;;) console.log("x".repeat(100));',
    'a try that catches all': 'console.log("here"); for (;;) try { for (;;); } catch {} finally { continue }',
  };
  for (const [name, code] of Object.entries(spins)) {
    it(`ends ${name}, and the next cell runs with all names`, async () => {
      await runtime.run('$hm.init(__hm_kept, 1)', { declares: { kept: 'let' } });
      const { id, done } = await startUntilHere(code);
      await terminate(id);
      expect(await done).toMatchObject({ status: 'aborted', error: { ename: 'KeyboardInterrupt' } });
      const text = await runtime.print(
        'await new Promise((resolve) => setTimeout(resolve, 1)); console.log(__hm_kept.v)',
        { uses: ['kept'] },
      );
      expect(text).toBe('1\n');
    });
  }

  it('names the line where the code was', async () => {
    const { id, done } = await startUntilHere('console.log("here");\nfunction spin() {\n  for (;;);\n}\nspin()');
    await terminate(id);
    const { error } = await done;
    expect(error?.evalue).toBe('The cell was interrupted.');
    const lines = (error?.traceback ?? []).map(plain).join('\n');
    expect(lines).toMatch(/at spin \(cell \[\d+\]:3:\d+\)/);
    expect(lines).not.toContain('runtime.mjs');
  });

  it('at any moment of a cell that writes leaves the sequence of frames whole', async () => {
    const writes = [
      'for (let i = 0; ; i++) console.log("line", i)',
      'for (let i = 0; ; i++) { console.log("line", i); display({ "text/plain": "d" + i }) }',
      'await null; for (;;) { await null; console.log(1) }',
      'for (;;) process.stdout.write("y".repeat(100_000))',
      'setInterval(() => { for (let i = 0; i < 1000; i++) console.log(i) }, 0); await new Promise(() => {})',
    ];
    for (let round = 0; round < 30; round += 1) {
      let frames = 0;
      const reached = runtime.next('stream', () => ++frames > round);
      const { id, done } = runtime.start(writes[round % writes.length] as string);
      await reached;
      await terminate(id);
      expect((await done).status).toBe('aborted');
      const from = runtime.frames.length;
      await runtime.run(`return { value: ${round} }`);
      expect(runtime.frames.slice(from)).toContainEqual(
        expect.objectContaining({ type: 'result', data: { 'text/plain': String(round) } }),
      );
    }
  });

  it('keeps async context right for the cells that follow', async () => {
    const { id, done } = await startUntilHere('console.log("here"); for (;;);');
    await terminate(id);
    await done;
    const late = runtime.next('stream', ({ text }) => text === 'late\n');
    const first = await runtime.run('setTimeout(() => console.log("late"), 10)');
    await runtime.run('await new Promise((resolve) => setTimeout(resolve, 30))');
    expect((await late).tag).toEqual(first.tag);
  });
});
