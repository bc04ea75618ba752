/** Which file a local import means. */
import { existsSync, statSync } from 'node:fs';
import { dirname, extname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Files that the kernel compiles and reloads itself. */
const COMPILED = new Set(['.ts', '.tsx', '.mts', '.cts', '.js', '.mjs', '.jsx']);
const TRIED = ['.ts', '.tsx', '.mts', '.cts', '.js', '.mjs', '.cjs', '.jsx', '.json'];
/** TypeScript sources are imported by the name of what they compile to. */
const SOURCES: Record<string, readonly string[]> = {
  '.js': ['.ts', '.tsx', '.jsx'],
  '.jsx': ['.tsx'],
  '.mjs': ['.mts'],
  '.cjs': ['.cts'],
};

/** Whether a specifier means a file and no package: relative, absolute or a `file:` URL. */
export const isLocal = (specifier: string): boolean =>
  /^\.{1,2}(?:\/|$)/.test(specifier) || specifier.startsWith('file:') || isAbsolute(specifier);

/** Whether the kernel's own loader takes the file. */
export const isCompiled = (path: string): boolean => COMPILED.has(extname(path));

/** The file; throws an error that lists what was tried. */
export function findLocal(specifier: string, folder: string): string {
  const base = specifier.startsWith('file:') ? fileURLToPath(specifier) : resolve(folder, specifier);
  const candidates = [
    base,
    ...(SOURCES[extname(base)] ?? []).map((extension) => base.slice(0, -extname(base).length) + extension),
  ];
  candidates.push(
    ...TRIED.map((extension) => base + extension),
    ...TRIED.map((extension) => join(base, `index${extension}`)),
  );
  const found = candidates.find(isFile);
  if (found !== undefined) return found;
  const names = candidates.slice(1, 4).map((path) => path.slice(dirname(base).length + 1));
  const error = new Error(
    `Cannot find module '${specifier}' from ${folder}: there is no file ${base} (nor ${names.join(', ')} …).`,
  );
  throw Object.assign(error, { code: 'ERR_MODULE_NOT_FOUND' });
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}
