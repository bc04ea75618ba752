import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

interface Result {
  name: string;
  caveat: string | null;
  measured: number;
  bytes: number;
  low: number;
  high: number | null;
}

const accuracy = (file: string): string => fileURLToPath(new URL(`../../../bench/accuracy/${file}`, import.meta.url));
/** Without compiler threads: one reserves up to 256 kB of the heap while it works. */
const FLAGS = ['--expose-gc', '--no-opt'];
let folder: string;
let results: Result[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heapmark-model-'));
  const model = join(folder, 'model.mjs');
  const protocol = fileURLToPath(new URL('../../../../kernel/protocol/src/index.ts', import.meta.url));
  await build({
    entryPoints: [accuracy('model.ts')],
    outfile: model,
    bundle: true,
    platform: 'node',
    format: 'esm',
    alias: { '@heapmark/protocol': protocol },
    logLevel: 'silent',
  });
  const { stdout } = await promisify(execFile)(process.execPath, [...FLAGS, accuracy('child.mjs'), model, '3000']);
  results = JSON.parse(stdout) as Result[];
}, 120_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

/** V8 grows and empties tables of its own while thousands of values are made: bytes a value that say nothing. */
const NOISE = 10;

describe('the modelled size', () => {
  it('covers at least 45 kinds of value', () => {
    expect(results.length).toBeGreaterThanOrEqual(45);
  });

  it('is within 5 % of what creating thousands of them adds to the heap, where V8 leaves no choice', () => {
    const wrong = results.filter(
      ({ caveat, bytes, measured }) => caveat === null && Math.abs(bytes - measured) > 0.05 * measured + NOISE,
    );
    expect(wrong).toEqual([]);
  });

  it('gives a range that holds the truth for every kind', () => {
    const wrong = results.filter(
      ({ low, high, measured }) => measured < low - NOISE || (high !== null && measured > high + NOISE),
    );
    expect(wrong).toEqual([]);
  });
});
