/** Sizes by kind: the model against the heap change of making thousands, and a snapshot's retained size against it. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { check, type Check } from './check.js';

/** Bytes a value that say nothing: V8 grows tables of its own while thousands of values are made. */
const NOISE = 10;
const WITHIN = 0.05;
const LEAST_KINDS = 30;
const COUNT = 10_000;
const CASES = 200;
const RANGES_HOLD = 0.95;
/** Without compiler threads: one reserves up to 256 kB of the heap while it works. */
const FLAGS = ['--expose-gc', '--no-opt'];

interface KindResult {
  name: string;
  caveat: string | null;
  measured: number;
  bytes: number;
  low: number;
  high: number | null;
}

interface RangeResult {
  shape: string;
  truth: number;
  low: number;
  high: number | null;
}

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** Bundles what the children import. */
export async function bundleModel(folder: string): Promise<string> {
  const outfile = join(folder, 'model.mjs');
  await build({
    entryPoints: [here('model.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    alias: { '@heapmark/protocol': here('../../../kernel/protocol/src/index.ts') },
    logLevel: 'silent',
  });
  return outfile;
}

async function child<T>(flags: readonly string[], script: string, ...args: string[]): Promise<T> {
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, here(script), ...args], {
    maxBuffer: 1 << 26,
  });
  return JSON.parse(stdout) as T;
}

/** One check a kind; a kind whose layout V8 chooses is right when its range holds what was measured. */
export async function kindChecks(model: string): Promise<Check[]> {
  const kinds = await child<KindResult[]>(FLAGS, 'child.mjs', model, String(COUNT));
  const snapshot = new Map(
    (await child<{ name: string; retained: number }[]>(FLAGS, 'snapshot-child.mjs', model)).map(
      ({ name, retained }) => [name, retained] as const,
    ),
  );
  const checks = kinds.flatMap(({ name, caveat, measured, bytes, low, high }) => {
    const allowed = WITHIN * measured + NOISE;
    const inRange = measured >= low - NOISE && (high === null || measured <= high + NOISE);
    const model = check(`size, ${name}`, { truth: measured, shown: bytes, allowed, note: caveat ?? '' });
    const retained = snapshot.get(name);
    return [
      caveat === null ? model : { ...model, passed: inRange },
      ...(retained === undefined
        ? []
        : [check(`snapshot, ${name}`, { truth: measured, shown: retained, allowed, note: '' })]),
    ];
  });
  const enough = check('kinds compared', { truth: LEAST_KINDS, shown: kinds.length, allowed: Infinity, note: '' });
  return [...checks, { ...enough, passed: kinds.length >= LEAST_KINDS }];
}

/** How many ranges of generated values, read with little time, hold the truth. */
export async function rangeChecks(model: string): Promise<Check[]> {
  const results = await child<RangeResult[]>([], 'ranges-child.mjs', model, String(CASES));
  const holds = ({ low, high, truth }: RangeResult): boolean => low <= truth && (high === null || truth <= high);
  const shapes = new Map<string, RangeResult[]>();
  for (const result of results) shapes.set(result.shape, [...(shapes.get(result.shape) ?? []), result]);
  const row = (name: string, some: RangeResult[], least: number): Check => {
    const held = some.filter(holds).length;
    return {
      ...check(`ranges, ${name}`, { truth: some.length, shown: held, allowed: Infinity, note: 'held the truth' }),
      passed: held >= least * some.length,
    };
  };
  return [...[...shapes].map(([shape, some]) => row(shape, some, 0)), row('all', results, RANGES_HOLD)];
}
