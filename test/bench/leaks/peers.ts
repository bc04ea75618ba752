/** The same programs in plain Node, as memlab and a plain difference of snapshots judge them. */
import { execFile } from 'node:child_process';
import { createReadStream, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { transform } from 'esbuild';
import { HeapAnalysis } from '../../../kernel/src/snapshot/analysis.js';
import { SnapshotReader } from '../../../kernel/src/snapshot/reader.js';
import type { Program } from '../../corpus/leaks/program.js';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const REPOSITORY = join(HERE, '..', '..', '..');
const ITERATIONS = 600;
const PATIENCE_MS = 120_000;
/** A plain difference says "leak" from so many bytes per iteration on. */
const SUSPICIOUS = 50;

export interface PeerJudgement {
  /** Clusters that memlab calls leaks; `null` where it failed or is not installed. */
  readonly memlab: number | null;
  /** Bytes per iteration that the constructors of the last snapshot have more than those of the one before. */
  readonly difference: number;
  readonly saysLeak: boolean;
  readonly tookMs: number;
}

const run = promisify(execFile);

export async function judgeByPeers(program: Program): Promise<PeerJudgement> {
  const began = performance.now();
  // In the repository, so that packages are found.
  const scratch = join(REPOSITORY, 'node_modules', '.cache');
  mkdirSync(scratch, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), 'heapmark-leaks-'));
  const module = join(mkdtempSync(join(scratch, 'leaks-')), 'program.mjs');
  try {
    const { code } = await transform(`${program.setup}\nexport { step };`, {
      loader: 'ts',
      format: 'esm',
      target: 'node20',
    });
    writeFileSync(module, code);
    const iterations = program.iterations ?? ITERATIONS;
    await run(process.execPath, [join(HERE, 'program-host.mjs'), module, folder, String(iterations)], {
      timeout: PATIENCE_MS,
    });
    const difference = (await growth(folder)) / iterations;
    return {
      memlab: await memlab(folder),
      difference,
      saysLeak: difference > SUSPICIOUS,
      tookMs: performance.now() - began,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
    rmSync(join(module, '..'), { recursive: true, force: true });
  }
}

/** What objects of all kinds have in the final snapshot more than in the one before it. */
async function growth(folder: string): Promise<number> {
  const [before, after] = await Promise.all(
    ['target', 'final'].map(async (name) => {
      const reader = new SnapshotReader();
      for await (const chunk of createReadStream(join(folder, `${name}.heapsnapshot`))) reader.push(chunk as Buffer);
      return new HeapAnalysis(reader.finish()).totals().kinds.reduce((sum, { bytes }) => sum + bytes, 0);
    }),
  );
  return (after ?? 0) - (before ?? 0);
}

async function memlab(folder: string): Promise<number | null> {
  if (!existsSync(join(HERE, 'node_modules', '@memlab', 'core'))) return null;
  const { stdout } = await run(process.execPath, [join(HERE, 'memlab.mjs'), folder], {
    timeout: PATIENCE_MS,
    maxBuffer: 1e8,
  });
  const result = JSON.parse(stdout.split('RESULT')[1] ?? '{}') as { clusters?: number };
  return result.clusters ?? null;
}
