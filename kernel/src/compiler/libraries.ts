/**
 * The declarations of the language and of Node, as few and as short files. TypeScript looks at every file of a program
 * for every cell, and merges what several files say of one global each time; the 190 files of both would double a cell's
 * cost. So the scripts among them are joined to one text for each of the two; modules stay as they are. Their comments
 * are left out: reading them takes a third of the time to the first cell.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, posix } from 'node:path';
import { bareText, originalPosition } from './bare-text.js';
import { CacheFile } from './cache-file.js';
import { libraryFolder } from './typescript.js';

/** A folder that exists in TypeScript's eyes only: below `node_modules`, it would look for packages at every cell. */
const FOLDER = '/heapmark-lib';
const LANGUAGE = `${FOLDER}/language`;
const NODE = `${FOLDER}/node`;
/** Packages whose types Node's types import. */
const DEPENDENCIES = ['undici-types', 'buffer'];

const REFERENCE = /^\/\/\/\s*<reference\s+(lib|path)\s*=\s*"([^"]+)"[^>]*>.*$/gm;
const IS_MODULE = /^(?:import|export)\b/m;

/** Counts the forms that the cache has had. */
const FORM = 1;

export class Libraries {
  /** Virtual path to bare text. */
  private readonly files = new Map<string, string>();
  readonly roots: string[] = [];
  /** Virtual folder to the real one. */
  private readonly origins = new Map<string, string>([[LANGUAGE, libraryFolder]]);
  private readonly cache: CacheFile;
  private cached = false;

  /** @param libs names of TypeScript's library files, e.g. `lib.esnext.d.ts`. */
  constructor(
    folder: string,
    private readonly libs: readonly string[],
  ) {
    const node = findPackage('@types/node', folder);
    if (node !== null) {
      this.origins.set(NODE, node);
      for (const name of DEPENDENCIES) {
        const dependency = findPackage(name, folder);
        if (dependency !== null) this.origins.set(`${FOLDER}/${name}`, dependency);
      }
    }
    this.cache = new CacheFile('declarations', [FORM, libs, [...this.origins].map(versionOf)]);
    if (this.readCache()) return;
    for (const virtual of [LANGUAGE, NODE]) {
      for (const [path, text] of this.originals(virtual)) {
        this.files.set(path, bareText(text));
        this.roots.push(path);
      }
    }
  }

  /** Keeps what was read for the next start. */
  save(): void {
    if (this.cached) return;
    this.cached = true;
    this.cache.write(JSON.stringify({ roots: this.roots, files: [...this.files] }));
  }

  private readCache(): boolean {
    try {
      const content = this.cache.read()?.toString('utf8');
      if (content === undefined) return false;
      const { roots, files } = JSON.parse(content) as { roots: string[]; files: [string, string][] };
      this.roots.push(...roots);
      for (const [path, text] of files) this.files.set(path, text);
      this.cached = true;
    } catch {
      // Unreadable, as if there were none.
    }
    return this.cached;
  }

  /** The root files of a virtual folder with their comments: the scripts as one, the modules each by itself. */
  private originals(virtual: string): Map<string, string> {
    const found = new Map<string, string>();
    const folder = this.origins.get(virtual);
    if (folder === undefined) return found;
    const scripts: string[] = [];
    const seen = new Set<string>();
    const visit = (name: string): void => {
      const file = join(folder, name);
      if (seen.has(name) || !existsSync(file)) return;
      seen.add(name);
      const text = readFileSync(file, 'utf8');
      for (const [, kind, target = ''] of text.matchAll(REFERENCE)) {
        if (kind === 'path') visit(posix.join(posix.dirname(name), target));
        else if (virtual === LANGUAGE) visit(`lib.${target.toLowerCase()}.d.ts`);
      }
      const plain = text.replace(REFERENCE, '');
      if (IS_MODULE.test(text)) found.set(`${virtual}/${name}`, plain);
      else scripts.push(plain);
    };
    for (const name of virtual === LANGUAGE ? this.libs : ['index.d.ts']) visit(name);
    found.set(`${virtual}/index.d.ts`, scripts.join('\n'));
    return found;
  }

  /** Node's types, for packages that refer to them by name. */
  get node(): string {
    return `${NODE}/index.d.ts`;
  }

  has(path: string): boolean {
    return path.startsWith(FOLDER);
  }

  /** The text of a file; those of packages that Node's types import are read when they are asked for. */
  read(path: string): string | undefined {
    const known = this.files.get(path);
    if (known !== undefined || !this.has(path)) return known;
    const original = this.readOriginal(path);
    if (original === undefined) return undefined;
    const text = bareText(original);
    this.files.set(path, text);
    return text;
  }

  /** A place in one of the files as it was written, with the comments around it. */
  documented(path: string, position: number): { text: string; position: number } | null {
    const virtual = [LANGUAGE, NODE].find((each) => path.startsWith(`${each}/`));
    const text = (virtual === undefined ? undefined : this.originals(virtual).get(path)) ?? this.readOriginal(path);
    return text === undefined ? null : { text, position: originalPosition(text, position) };
  }

  private readOriginal(path: string): string | undefined {
    for (const [virtual, real] of this.origins) {
      if (!path.startsWith(`${virtual}/`)) continue;
      const file = join(real, path.slice(virtual.length + 1));
      return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
    }
    return undefined;
  }

  /** What an import in one of these files means; `null` for a module that is declared by its name. */
  resolve(specifier: string, containing: string): string | null {
    const base = specifier.startsWith('.')
      ? posix.join(posix.dirname(containing), specifier)
      : `${FOLDER}/${specifier}`;
    const candidates = [base.replace(/(?:\.d)?\.[cm]?[jt]s$/, '') + '.d.ts', `${base}/index.d.ts`];
    return candidates.find((path) => path !== containing && this.read(path) !== undefined) ?? null;
  }
}

/** What a cache of a package depends on: installing it anew changes the time of its description. */
function versionOf([virtual, folder]: [string, string]): unknown[] {
  const description = virtual === LANGUAGE ? join(folder, '..', 'package.json') : join(folder, 'package.json');
  const { mtimeMs, size } = statSync(description);
  return [virtual, folder, mtimeMs, size];
}

/** The folder of a package of declarations, as the notebook's folder has it, else as the kernel has. */
function findPackage(name: string, folder: string): string | null {
  for (let at = folder; ; at = dirname(at)) {
    const found = join(at, 'node_modules', name);
    if (existsSync(join(found, 'package.json'))) return found;
    if (dirname(at) === at) break;
  }
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch {
    return null;
  }
}
