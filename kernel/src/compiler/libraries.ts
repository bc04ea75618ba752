/**
 * The declarations of the language and of Node, as few files. TypeScript looks at every file of a program for every
 * cell, and merges what several files say of one global each time; the 190 files of both would double a cell's cost.
 * So the scripts among them are joined to one text for each of the two; modules stay as they are.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, posix } from 'node:path';
import { libraryFolder } from './typescript.js';

/** A folder that exists in TypeScript's eyes only: below `node_modules`, it would look for packages at every cell. */
const FOLDER = '/heapmark-lib';
const LANGUAGE = `${FOLDER}/language`;
const NODE = `${FOLDER}/node`;

const REFERENCE = /^\/\/\/\s*<reference\s+(lib|path)\s*=\s*"([^"]+)"[^>]*>.*$/gm;
const IS_MODULE = /^(?:import|export)\b/m;

export class Libraries {
  /** Virtual path to text. */
  readonly files = new Map<string, string>();
  readonly roots: string[] = [];
  private readonly origins = new Map<string, string>();

  /** @param libs names of TypeScript's library files, e.g. `lib.esnext.d.ts`. */
  constructor(folder: string, libs: readonly string[]) {
    this.addJoined(LANGUAGE, libraryFolder, libs);
    const node = findPackage('@types/node', folder);
    if (node === null) return;
    this.addJoined(NODE, node, ['index.d.ts']);
    for (const name of ['undici-types', 'buffer']) {
      const dependency = findPackage(name, folder);
      if (dependency !== null) this.origins.set(`${FOLDER}/${name}`, dependency);
    }
  }

  /** Adds files of a folder and those that they refer to: the scripts as one, the modules each by itself. */
  private addJoined(virtual: string, folder: string, first: readonly string[]): void {
    const scripts: string[] = [];
    const seen = new Set<string>();
    const visit = (name: string): void => {
      const file = join(folder, name);
      if (seen.has(name) || !existsSync(file)) return;
      seen.add(name);
      const text = readFileSync(file, 'utf8');
      for (const [, kind, target = ''] of text.matchAll(REFERENCE)) {
        if (kind === 'path') visit(posix.join(posix.dirname(name), target));
        else if (folder === libraryFolder) visit(`lib.${target.toLowerCase()}.d.ts`);
      }
      const plain = text.replace(REFERENCE, '');
      if (IS_MODULE.test(text)) this.add(`${virtual}/${name}`, plain);
      else scripts.push(plain);
    };
    for (const name of first) visit(name);
    this.add(`${virtual}/index.d.ts`, scripts.join('\n'));
  }

  private add(path: string, text: string): void {
    this.files.set(path, text);
    this.roots.push(path);
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
    for (const [virtual, real] of this.origins) {
      if (!path.startsWith(`${virtual}/`)) continue;
      const file = join(real, path.slice(virtual.length + 1));
      if (!existsSync(file)) return undefined;
      const text = readFileSync(file, 'utf8');
      this.files.set(path, text);
      return text;
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
