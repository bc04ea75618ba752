import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRuntime, type TestRuntime } from './child.js';

let runtime: TestRuntime;
beforeAll(async () => {
  runtime = await startRuntime();
});
afterAll(() => runtime.stop());

const marker = (id: number): string => `\u0000heapmark:c0ffee:${id}\u0000`;

describe('text output', () => {
  it('keeps its order with displays, errors and the result', async () => {
    const from = runtime.frames.length;
    await runtime.run(
      `for (let i = 0; i < 50; i++) { console.log("out", i); display({ "text/plain": String(i) }); console.error("err", i) }
       return { value: "end" }`,
    );
    const said = runtime.frames.slice(from).map((frame) => {
      if (frame.type === 'stream') return `${frame.name} ${frame.text}`;
      return frame.type === 'display' ? `display ${String(frame.data['text/plain'])}` : frame.type;
    });
    const expected = Array.from({ length: 50 }, (_, i) => [
      `stdout out ${i}\n`,
      `display ${i}`,
      `stderr err ${i}\n`,
    ]).flat();
    expect(said).toEqual([...expected, 'result', 'done']);
  });

  it('comes whole: 10 MB in lines of 80 bytes, in few frames', async () => {
    const from = runtime.frames.length;
    const done = await runtime.run('const line = "x".repeat(79); for (let i = 0; i < 131072; i++) console.log(line)');
    expect(done.status).toBe('ok');
    expect(runtime.text('stdout', from)).toBe(`${'x'.repeat(79)}\n`.repeat(131_072));
    expect(runtime.frames.length - from).toBeLessThan(2_000);
  });

  it('comes whole: 100 MB in one write', async () => {
    const from = runtime.frames.length;
    await runtime.run('process.stdout.write("é".repeat(1e8))');
    expect(runtime.text('stdout', from)).toHaveLength(1e8);
  });

  it('arrives while the cell spins: neither the first line nor the tail of a burst waits', async () => {
    const burst = runtime.next('stream', ({ text }) => text.endsWith('line 99\n'));
    const { id, done } = runtime.start('for (let i = 0; i < 100; i++) console.log("line", i); for (;;);');
    await burst;
    runtime.sendMonitor({ type: 'halt', withinMs: 1_000, runs: true, id: 1 });
    await runtime.nextOfMonitor('halted', 1);
    runtime.send({ type: 'abort', id, reason: 'interrupt' });
    expect((await done).status).toBe('aborted');
  });

  it('of a timer goes to the cell that started it, also after that cell', async () => {
    const late = runtime.next('stream', ({ text }) => text === 'late\n');
    const first = await runtime.run(
      'globalThis.fire = new Promise((resolve) => setTimeout(() => { console.log("late"); resolve() }, 30))',
    );
    await runtime.run('await globalThis.fire; console.log("mine")');
    expect((await late).tag).toEqual(first.tag);
  });

  it('accepts Buffers, encodings and callbacks, and joins characters cut in two', async () => {
    const text = await runtime.print(
      `process.stdout.write(Buffer.from("a"));
       process.stdout.write("6c69", "hex");
       const euro = Buffer.from("€");
       process.stdout.write(euro.subarray(0, 1)); process.stdout.write(euro.subarray(1));
       await new Promise((resolve) => process.stdout.write("cb", resolve));
       await new Promise((resolve) => process.stdout.write("utf", "utf8", resolve));
       await new Promise((resolve) => process.stdout.end("!", resolve));
       console.log(process.stdout.write(new Uint8Array([111, 107])), process.stdout.isTTY, process.stdout.fd, process.stderr.fd)`,
    );
    expect(text).toBe('ali€cbutf!oktrue undefined 1 2\n');
    const { error } = await runtime.run('process.stdout.write(5)');
    expect(error).toMatchObject({ ename: 'TypeError' });
  });

  it('can be piped into', async () => {
    const text = await runtime.print(
      `const { Readable } = await $hm.import("node:stream"); const { pipeline } = await $hm.import("node:stream/promises");
       await pipeline(Readable.from(["a", "b", "c"]), process.stdout, { end: false })`,
    );
    expect(text).toBe('abc');
  });

  it('of the console groups, tables and counts', async () => {
    const text = await runtime.print(
      'console.group("g"); console.log("in"); console.groupEnd(); console.table([{ a: 1 }]); console.count(); console.dir({ b: 2 })',
    );
    expect(text).toMatch(/^g\n {2}in\n┌[^]*│ a[^]*default: 1\n\{ b: 2 \}\n$/);
  });

  it('is cleared by console.clear and clearOutput', async () => {
    const from = runtime.frames.length;
    await runtime.run(
      'console.log(1); console.clear(); const { clearOutput } = await $hm.import("heapmark"); clearOutput({ wait: true })',
    );
    expect(runtime.frames.slice(from)).toMatchObject([
      { type: 'stream' },
      { type: 'clearOutput', wait: false },
      { type: 'clearOutput', wait: true },
      { type: 'done' },
    ]);
  });

  it('prints promises as plain Node does', async () => {
    expect(await runtime.print('console.log(Promise.resolve(1), { inner: new Promise(() => {}) })')).toBe(
      'Promise { 1 } { inner: Promise { <pending> } }\n',
    );
  });

  it('prints timers as plain Node does', async () => {
    const text = await runtime.print(
      'const timer = setTimeout(() => {}, 1e6); console.log(timer); clearTimeout(timer); console.log(setImmediate(() => {}))',
    );
    expect(text).toMatch(/^Timeout \{/);
    expect(text).not.toContain('CellRun');
  });

  it('of a worker that user code starts goes to its cell', async () => {
    const late = runtime.next('stream', ({ text }) => text === 'from worker\n');
    const { tag } = await runtime.run(
      'const { Worker } = await $hm.import("node:worker_threads"); const worker = new Worker("console.log(\'from worker\')", { eval: true }); await new Promise((resolve) => worker.on("exit", resolve))',
    );
    expect((await late).tag).toEqual(tag);
  });

  it('does not keep what was printed', async () => {
    const text = await runtime.print(
      `let big = { id: 1 }; globalThis.ref = new WeakRef(big); console.log(typeof big, big); big = null;
       (await $hm.import("node:v8")).setFlagsFromString("--expose-gc");
       const gc = (await $hm.import("node:vm")).runInNewContext("gc");
       await new Promise((resolve) => setImmediate(resolve)); gc(); await new Promise((resolve) => setImmediate(resolve)); gc();
       console.log(globalThis.ref.deref())`,
    );
    expect(text).toBe('object { id: 1 }\nundefined\n');
  });
});

describe('the native pipes', () => {
  it('carry what did not pass through JavaScript, then the marker of each cell', async () => {
    const { id } = await runtime.run(
      '(await $hm.import("node:child_process")).execSync("echo native; echo problem >&2", { stdio: "inherit" }); console.log("script")',
    );
    await expect.poll(() => runtime.native.stdout, { timeout: 10_000 }).toContain(`native\n${marker(id)}`);
    await expect.poll(() => runtime.native.stderr, { timeout: 10_000 }).toContain(`problem\n${marker(id)}`);
    expect(runtime.native.stdout).not.toContain('script');
  });

  it('give user code no input', async () => {
    const text = await runtime.print(
      'let read = ""; for await (const chunk of process.stdin) read += chunk; console.log(JSON.stringify(read))',
    );
    expect(text).toBe('""\n');
  });
});

describe('display', () => {
  it('shows values, bundles and bytes', async () => {
    const from = runtime.frames.length;
    await runtime.run(
      'display([1, 2]); display({ "text/html": "<b>" }); display.png(Buffer.from([1, 2, 3])); display({ a: 1 }, { raw: true, metadata: { m: 1 } })',
    );
    expect(runtime.frames.slice(from)).toMatchObject([
      { data: { 'text/plain': '[ 1, 2 ]' }, update: false },
      { data: { 'text/html': '<b>' } },
      { data: { 'image/png': 'AQID' }, transient: {} },
      { data: { a: 1 }, metadata: { m: 1 } },
      { type: 'done' },
    ]);
  });

  it('updates by id and by handle', async () => {
    const from = runtime.frames.length;
    await runtime.run(
      `const handle = display("one", { id: "d" }); handle.update("two"); display("three", { id: "d", update: true });
       const { newDisplay } = await $hm.import("heapmark"); const own = newDisplay(); own.html("a"); own.html("b")`,
    );
    const shown = runtime.frames
      .slice(from)
      .flatMap((frame) => (frame.type === 'display' ? [[frame.transient['display_id'], frame.update]] : []));
    const own = shown[3]?.[0];
    expect(shown).toEqual([
      ['d', false],
      ['d', true],
      ['d', true],
      [own, false],
      [own, true],
    ]);
    expect(own).toMatch(/^[\da-f-]{36}$/);
  });

  it('waits for a value that renders itself later, and fails with it', async () => {
    const from = runtime.frames.length;
    await runtime.run(
      'display({ [Symbol.for("Jupyter.display")]: async () => { await null; return { "text/html": "later" } } })',
    );
    expect(runtime.frames.slice(from)).toMatchObject([
      { type: 'display', data: { 'text/html': 'later' } },
      { type: 'done', status: 'ok' },
    ]);
    const { error } = await runtime.run(
      'display({ [Symbol.for("Jupyter.display")]: async () => { throw new Error("cannot") } })',
    );
    expect(error).toMatchObject({ evalue: 'cannot' });
  });
});
