import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { SnapshotDesk } from '../../../kernel/src/front/snapshots.js';

const folder = mkdtempSync(join(tmpdir(), 'heapmark-desk-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A worker that answers every question with what it was told. */
const reader = join(folder, 'reader.mjs');
writeFileSync(
  reader,
  `import { parentPort } from 'node:worker_threads';
   let bytes = 0, end = false;
   parentPort.on('message', (m) => {
     if (m.type === 'chunk') bytes += m.bytes.byteLength;
     else if (m.type === 'end') end = true;
     else if (m.kind === 'size') parentPort.postMessage({ type: 'answer', id: m.id, value: { nodes: bytes, edges: 0 } });
     else if (m.kind === 'census') parentPort.postMessage({ type: 'answer', id: m.id, value: { now: 'census', gone: m.params.before } });
     else parentPort.postMessage({ type: 'answer', id: m.id, value: { names: [], together: bytes, end } });
   });`,
);

/** A runtime whose snapshots end when the test says so. */
function fakeRuntime() {
  const taken: { part(bytes: Uint8Array): void; keepIds: boolean; end(error?: Error): void }[] = [];
  const runtime = {
    pid: 7,
    snapshot: (part: (bytes: Uint8Array) => void, keepIds: boolean) =>
      new Promise<void>((resolve, reject) => {
        taken.push({ part, keepIds, end: (error) => (error === undefined ? resolve() : reject(error)) });
        begun.shift()?.();
      }),
  };
  const begun: (() => void)[] = [];
  const next = (): Promise<void> => new Promise((resolve) => begun.push(resolve));
  return { runtime, taken, next };
}

const never = new AbortController().signal;
const desk = (runtime: ReturnType<typeof fakeRuntime>['runtime'], script = reader): SnapshotDesk =>
  new SnapshotDesk(runtime, pathToFileURL(script), () => 0);

describe('the snapshot desk', () => {
  it('feeds a snapshot to its reader and answers with its figures', async () => {
    const { runtime, taken, next } = fakeRuntime();
    const begun = next();
    const answer = desk(runtime).sizes(never);
    await begun;
    taken[0]?.part(new Uint8Array(10));
    taken[0]?.part(new Uint8Array(5));
    taken[0]?.end();
    expect(await answer).toEqual({
      names: [],
      together: 15,
      end: true,
      figures: { nodes: 15, edges: 0, takenMs: 0, textBytes: 15 },
    });
  });

  it('takes two one after the other', async () => {
    const { runtime, taken, next } = fakeRuntime();
    const one = desk(runtime);
    const begun = next();
    const first = one.sizes(never);
    const second = one.sizes(never);
    await begun;
    expect(taken).toHaveLength(1);
    const again = next();
    taken[0]?.end();
    await first;
    await again;
    taken[1]?.end();
    expect((await second).together).toBe(0);
  });

  it('goes on after one that failed, and says why it did', async () => {
    const { runtime, taken, next } = fakeRuntime();
    const one = desk(runtime);
    const begun = next();
    const first = one.sizes(never);
    await begun;
    taken[0]?.end(new Error('the runtime died'));
    await expect(first).rejects.toThrow('the runtime died');
    const again = next();
    const second = one.sizes(never);
    await again;
    taken[1]?.end();
    expect(await second).toMatchObject({ end: true });
  });

  it('says that its reader failed', async () => {
    const broken = join(folder, 'broken.mjs');
    writeFileSync(broken, 'throw new Error("out of memory")');
    const { runtime, taken, next } = fakeRuntime();
    const begun = next();
    const answer = desk(runtime, broken).sizes(never);
    await begun;
    taken[0]?.end();
    await expect(answer).rejects.toThrow('The heap snapshot could not be read: out of memory');
  });

  it('gives up one that nobody waits for, once V8 is done, and never begins one that was withdrawn before', async () => {
    const { runtime, taken, next } = fakeRuntime();
    const one = desk(runtime);
    const begun = next();
    const withdrawn = new AbortController();
    const answer = one.sizes(withdrawn.signal);
    await begun;
    withdrawn.abort();
    taken[0]?.part(new Uint8Array(1));
    taken[0]?.end();
    await expect(answer).rejects.toMatchObject({ code: 'SNAPSHOT_WITHDRAWN' });
    await expect(one.sizes(withdrawn.signal)).rejects.toMatchObject({ code: 'SNAPSHOT_WITHDRAWN' });
    expect(taken).toHaveLength(1);
  });

  it('compares each count with the last one of the same process, and keeps ids from then on', async () => {
    const { runtime, taken, next } = fakeRuntime();
    const one = desk(runtime);
    const count = async () => {
      const begun = next();
      const answer = one.gone(never);
      await begun;
      taken.at(-1)?.end();
      return (await answer).gone;
    };
    expect(await count()).toBeNull();
    expect(await count()).toBe('census');
    runtime.pid = 8;
    expect(await count()).toBeNull();
    expect(taken.map(({ keepIds }) => keepIds)).toEqual([true, true, true]);
  });

  it('leaves no file of one that failed', async () => {
    const { runtime, taken, next } = fakeRuntime();
    const begun = next();
    const place = mkdtempSync(join(folder, 'file-'));
    const answer = desk(runtime).file({ path: join(place, 'x.heapsnapshot'), overwrite: false }, never);
    await begun;
    taken[0]?.part(new Uint8Array(100));
    taken[0]?.end(new Error('the runtime died'));
    await expect(answer).rejects.toThrow('the runtime died');
    expect(readdirSync(place)).toEqual([]);
  });
});
