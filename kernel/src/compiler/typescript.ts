/**
 * The `typescript` package, loaded with V8's code cache: compiling its nine megabytes of source is most of the time it
 * takes to load. The cache is written after the first check, when V8 has compiled what a check uses.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { Script } from 'node:vm';
import type TypeScript from 'typescript';
import { cacheDirectory } from './cache-directory.js';

const require = createRequire(import.meta.url);
const file = require.resolve('typescript');

/** The folder of TypeScript's own declaration files. */
export const libraryFolder = dirname(file);

type Loader = (
  exports: object,
  require: NodeJS.Require,
  module: { exports: object },
  filename: string,
  dirname: string,
) => void;

function cachePath(): string {
  const { mtimeMs, size } = statSync(file);
  const key = createHash('sha256')
    .update([file, mtimeMs, size, process.version, process.arch].join('\n'))
    .digest('hex');
  return join(cacheDirectory(), `typescript-${key.slice(0, 16)}.v8`);
}

function readCache(): Buffer | undefined {
  try {
    return readFileSync(cachePath());
  } catch {
    return undefined;
  }
}

/** The compiled source, and whether V8 took it from the cache. Neither text nor cache is kept. */
function compileSource(): { script: Script; cached: boolean } {
  const cachedData = readCache();
  const source = `(function (exports, require, module, __filename, __dirname) { ${readFileSync(file, 'utf8')}\n})`;
  const compiled = new Script(source, { filename: file, ...(cachedData === undefined ? {} : { cachedData }) });
  return { script: compiled, cached: cachedData !== undefined && compiled.cachedDataRejected !== true };
}

/** `null` once the cache is written. */
let script: Script | null;
const { cached, script: loaded } = compileSource();
script = loaded;

function evaluate(): typeof TypeScript {
  const module = { exports: {} };
  (script?.runInThisContext() as Loader)(module.exports, createRequire(file), module, file, libraryFolder);
  return module.exports as typeof TypeScript;
}

export const ts = evaluate();

/** Writes the code cache, unless the present one was used. A folder that cannot be written is no error. */
export function saveCodeCache(): void {
  if (script === null) return;
  const written = script;
  script = null;
  if (cached) return;
  try {
    const path = cachePath();
    const partial = `${path}.${process.pid}-${threadId}`;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(partial, written.createCachedData());
    renameSync(partial, path);
    dropOldCaches(dirname(path), basename(path));
  } catch {
    // The next start takes a little longer; nothing else depends on it.
  }
}

/** Caches of other versions that nobody has made anew for a month. */
function dropOldCaches(folder: string, kept: string): void {
  const old = Date.now() - 30 * 24 * 60 * 60 * 1000;
  for (const name of readdirSync(folder)) {
    const other = join(folder, name);
    if (name !== kept && /^typescript-.*\.v8/.test(name) && statSync(other).mtimeMs < old)
      rmSync(other, { force: true });
  }
}
