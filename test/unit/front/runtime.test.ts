import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../../kernel/src/front/log.js';
import { Runtime, RuntimeDiedError, type RuntimeDelegate } from '../../../kernel/src/front/runtime.js';
import type { ErrorReport, RunMessage } from '../../../kernel/src/ipc/messages.js';

const script = fileURLToPath(new URL('../../helpers/fake-runtime.mjs', import.meta.url));
let runtime: Runtime;
let told: string[];
let deaths: ErrorReport[];

const delegate = (toldHere = told, deathsHere = deaths): RuntimeDelegate => ({
  output: (output) => void toldHere.push(output.type === 'stream' ? output.text : output.type),
  native: (_name, text) => void toldHere.push(text),
  asked: async () => ['answered'],
  comm: () => undefined,
  event: () => undefined,
  settled: () => undefined,
  forgotten: () => undefined,
  usage: () => undefined,
  heapEnded: () => undefined,
  died: (report) => void deathsHere.push(report),
});

beforeEach(() => {
  told = [];
  deaths = [];
  const command = { node: process.execPath, flags: [], script, env: process.env, cwd: process.cwd() };
  runtime = new Runtime(
    command,
    delegate(),
    createLogger('off', () => undefined),
  );
});
afterEach(() => runtime.kill('shutdown'));

const run = (behaviour: string) => {
  const message: RunMessage = {
    type: 'run',
    id: runtime.newId(),
    tag: { parentId: 'p', cellId: null, executionCount: 1 },
    startedAt: 0,
    cell: {
      filename: 'f',
      js: behaviour,
      sourceMap: null,
      bindings: [],
      declares: [],
      hasResult: false,
      cellMagic: null,
      moduleName: null,
    },
    silent: false,
    allowStdin: false,
    userExpressions: {},
  };
  return runtime.run(message);
};
const reportOf = async (promise: Promise<unknown>): Promise<ErrorReport> => {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof RuntimeDiedError)) throw new Error(`expected a death, not ${String(error)}`);
  return error.report;
};

describe('the runtime', () => {
  it('answers a cell, and its native output is there first', async () => {
    await run('slowOutput');
    expect(told).toEqual(['late native']);
  });

  it('does not wait for ever for native output that never ends', async () => {
    await run('noMarkers');
    await run('noMarkers');
    expect(told).toEqual([]);
  });

  it('that exits fails its cell, and the next one runs in a new process', async () => {
    await run('ok');
    const before = runtime.pid;
    expect((await reportOf(run('exit'))).evalue).toMatch(/code 5/);
    expect((await run('ok')).status).toBe('ok');
    expect(runtime.pid).not.toBe(before);
    expect(deaths).toHaveLength(1);
  });

  it('that ran out of memory says so', async () => {
    await run('ok');
    expect((await reportOf(run('lastWords'))).ename).toBe('OutOfMemoryError');
    expect(told).toEqual([]);
  });

  it('that sends what cannot be read is replaced', async () => {
    await run('ok');
    await reportOf(run('garbage'));
    expect((await run('ok')).status).toBe('ok');
  });

  it('that dies fails the requests that wait for it', async () => {
    await run('ok');
    const hanging = run('hang');
    runtime.kill('interrupt');
    expect((await reportOf(hanging)).ename).toBe('KeyboardInterrupt');
  });

  it('gets answers to its questions', async () => {
    await run('ask');
    expect(JSON.parse(told[0] as string)).toMatchObject({ ok: true, value: ['answered'] });
  });

  it('answers requests of the memory protocol', async () => {
    expect(await runtime.request('variables', {}, null, new AbortController().signal)).toBe('variables');
  });

  it('that cannot start is not started for ever', async () => {
    const broken = new Runtime(
      { node: process.execPath, flags: [], script: '/nowhere.mjs', env: process.env, cwd: process.cwd() },
      delegate(),
      createLogger('off', () => undefined),
    );
    broken.start();
    await new Promise<void>((resolve) => {
      const watch = setInterval(() => {
        if (deaths.length < 3) return;
        clearInterval(watch);
        resolve();
      }, 10);
    });
    expect(broken.pid).toBeNull();
    broken.kill('shutdown');
  });
});
