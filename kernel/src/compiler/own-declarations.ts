/** Declaration files that the kernel brings itself: of its packages, and of names that cells know without an import. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);

/** Declarations of the two packages that the runtime provides itself. */
export function ownDeclarations(specifier: string): string | null {
  if (specifier === 'heapmark') return ownDeclarationFile('index.d.ts');
  if (specifier === 'heapmark/caches') return ownDeclarationFile('caches.d.ts');
  if (specifier !== 'tslab') return null;
  try {
    return join(dirname(require.resolve('tslab')), 'public.d.ts').replaceAll('\\', '/');
  } catch {
    return null;
  }
}

/** A file of `resources/heapmark` in the kernel's package, seen from the sources as from the built file. */
export function ownDeclarationFile(name: string): string | null {
  for (let at = dirname(fileURLToPath(import.meta.url)); basename(at) !== 'node_modules'; at = dirname(at)) {
    const file = join(at, 'resources', 'heapmark', name);
    if (existsSync(file)) return file.replaceAll('\\', '/');
    if (dirname(at) === at) break;
  }
  return null;
}
