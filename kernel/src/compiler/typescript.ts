/**
 * The `typescript` package, loaded with V8's code cache: compiling its nine megabytes of source is most of the time it
 * takes to load. The cache is written after the first check, when V8 has compiled what a check uses.
 */
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { Script } from 'node:vm';
import type TypeScript from 'typescript';
import { CacheFile } from './cache-file.js';

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

const { mtimeMs, size } = statSync(file);
const cacheFile = new CacheFile('typescript', [file, mtimeMs, size, process.version, process.arch]);

/** The compiled source, and whether V8 took it from the cache. Neither text nor cache is kept. */
function compileSource(): { script: Script; cached: boolean } {
  const cachedData = cacheFile.read();
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

/** Writes the code cache, unless the present one was used. */
export function saveCodeCache(): void {
  if (script === null) return;
  const written = script;
  script = null;
  if (!cached) cacheFile.write(written.createCachedData());
}
