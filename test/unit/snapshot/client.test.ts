import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { getHeapSnapshot } from 'node:v8';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SnapshotSession } from '../../../kernel/src/snapshot/client.js';

const folder = mkdtempSync(join(tmpdir(), 'heapmark-snapshot-'));
const script = join(folder, 'worker.mjs');
let session: SnapshotSession;

beforeAll(async () => {
  await build({
    entryPoints: [fileURLToPath(new URL('../../../kernel/src/snapshot/worker.ts', import.meta.url))],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
});

afterEach(() => session.close());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const open = (): SnapshotSession => (session = new SnapshotSession(pathToFileURL(script)));

describe('a snapshot session', () => {
  it('reads a snapshot in its own thread and answers', async () => {
    const reading = open();
    for await (const chunk of getHeapSnapshot()) reading.push(Uint8Array.from(chunk as Buffer));
    reading.end();
    expect(await reading.ask('retained', null)).toMatchObject({ names: [] });
    const { nobody } = await reading.ask('why', { names: ['nobody'], texts: [], all: false });
    expect(nobody).toMatchObject({ found: false, holders: [] });
    expect((await reading.ask('size', null)).nodes).toBeGreaterThan(10_000);
  });

  it('says that a snapshot ended early', async () => {
    const reading = open();
    reading.push(Uint8Array.from(Buffer.from('{"snapshot":')));
    reading.end();
    await expect(reading.ask('retained', null)).rejects.toThrow('ended before its end');
  });

  it('says so when its thread fails, and answers nothing afterwards', async () => {
    const broken = join(folder, 'broken.mjs');
    writeFileSync(broken, 'throw new RangeError("no memory left")');
    session = new SnapshotSession(pathToFileURL(broken));
    await expect(session.ask('retained', null)).rejects.toThrow('could not be read: no memory left');
    session.push(new Uint8Array(8));
    await expect(session.ask('size', null)).rejects.toThrow('no memory left');
  });

  it('rejects what still waits when it is closed, and what is asked later', async () => {
    const reading = open();
    const answer = reading.ask('retained', null);
    const rejected = expect(answer).rejects.toThrow();
    await reading.close();
    await rejected;
    await expect(reading.ask('retained', null)).rejects.toThrow();
  });
});
