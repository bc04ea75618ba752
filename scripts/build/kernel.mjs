/** Bundles the kernel: one file for each process and worker, `typescript` and native packages left outside. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from '../setup/places.mjs';

const SOURCES = join(ROOT, 'kernel', 'src');
const OUTPUT = join(ROOT, 'kernel', 'dist');

/** Script name to its source. */
const ENTRIES = {
  main: 'main.ts',
  'compiler-worker': 'compiler/worker.ts',
  runtime: 'runtime/main.ts',
  monitor: 'runtime/monitor.ts',
  caches: 'caches/index.ts',
  'snapshot-worker': 'snapshot/worker.ts',
  'peak-sampler': 'memory/peak/sampler.ts',
};

/** Packages that are native, or too large to be read again at every start. */
const EXTERNAL = ['zeromq', 'typescript', 'tslab', 'koffi'];

/** @type {import('esbuild').BuildOptions} */
const COMMON = {
  absWorkingDir: ROOT,
  outdir: OUTPUT,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  write: false,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  // Sources of the workspaces, not what was built from them.
  conditions: ['source'],
  external: EXTERNAL,
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'warning',
  legalComments: 'none',
};

/** Rejects when a source does not compile; esbuild has printed where. */
export async function buildKernel() {
  const { main, ...others } = Object.fromEntries(
    Object.entries(ENTRIES).map(([name, source]) => [name, join(SOURCES, source)]),
  );
  const results = await Promise.all([
    // The command line loads what a running kernel needs only when one runs.
    build({
      ...COMMON,
      entryPoints: { main: /** @type {string} */ (main) },
      splitting: true,
      chunkNames: '[name]-[hash]',
    }),
    build({ ...COMMON, entryPoints: others }),
  ]);
  const files = results.flatMap(({ outputFiles }) => outputFiles ?? []);
  mkdirSync(OUTPUT, { recursive: true });
  for (const { path, contents } of files) replace(path, contents);
  removeOthers(new Set(files.map(({ path }) => basename(path))));
}

/** Writes a file at once, and only when it differs: a kernel may be starting from it. @param {string} path @param {Uint8Array} contents */
function replace(path, contents) {
  if (sameContent(path, contents)) return;
  writeFileSync(`${path}.new`, contents);
  renameSync(`${path}.new`, path);
}

/** @param {string} path @param {Uint8Array} contents */
function sameContent(path, contents) {
  try {
    return readFileSync(path).equals(contents);
  } catch {
    return false;
  }
}

/** Scripts of an earlier build. @param {Set<string>} built */
function removeOthers(built) {
  for (const name of readdirSync(OUTPUT)) {
    if (/\.mjs(\.map)?$/.test(name) && !built.has(name)) rmSync(join(OUTPUT, name));
  }
}
