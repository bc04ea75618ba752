/**
 * Packages and built-in modules, loaded by Node itself as if from a file in a given folder: `import` with the conditions
 * of an import, `require` with those of a require.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { constants, Script } from 'node:vm';

export type Namespace = Record<string, unknown>;
export type Attributes = Record<string, string>;

type Importer = (specifier: string, options?: { with: Attributes }) => Promise<Namespace>;

/** How a folder's files load packages. */
export class PackageLoader {
  readonly require: NodeJS.Require;
  private importer: Importer | null = null;

  constructor(readonly folder: string) {
    this.require = createRequire(this.asFile());
  }

  /** Imports what Node resolves. Rejects with an error that says what to install or write. */
  async import(specifier: string, attributes?: Attributes): Promise<Namespace> {
    this.importer ??= this.makeImporter();
    let namespace: Namespace;
    try {
      namespace = await this.importer(specifier, attributes === undefined ? undefined : { with: attributes });
    } catch (error) {
      throw explainMissing(error, specifier, this.folder);
    }
    return this.withDynamicNames(specifier, namespace);
  }

  /** URL that `import.meta.resolve` gives. Throws when there is nothing to resolve to. */
  resolve(specifier: string): string {
    if (/^(?:file|data|https?|node):/.test(specifier)) return specifier;
    if (/^\.{0,2}\//.test(specifier)) return new URL(specifier, pathToFileURL(this.asFile())).href;
    let path: string;
    try {
      path = this.require.resolve(specifier);
    } catch (error) {
      throw explainMissing(error, specifier, this.folder);
    }
    return path.startsWith('/') || /^[A-Za-z]:\\/.test(path)
      ? pathToFileURL(path).href
      : `node:${path.replace(/^node:/, '')}`;
  }

  private asFile(): string {
    return join(this.folder, '[cell].js');
  }

  /** `import()` in a script of this folder's: Node resolves it from there, and keeps nothing of the script. */
  private makeImporter(): Importer {
    const script = new Script('(specifier, options) => import(specifier, options)', {
      filename: this.asFile(),
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    });
    return script.runInThisContext() as Importer;
  }

  /**
   * Adds names of a CommonJS package that Node cannot see without running it: `import { x } from "p"` works whenever
   * `require("p").x` does, as TypeScript's interop has it.
   */
  private withDynamicNames(specifier: string, namespace: Namespace): Namespace {
    const exported: unknown = namespace['default'];
    if ((typeof exported !== 'object' && typeof exported !== 'function') || exported === null) return namespace;
    let loaded: NodeModule | undefined;
    try {
      loaded = this.require.cache[this.require.resolve(specifier)];
    } catch {
      return namespace;
    }
    if (loaded === undefined || loaded.exports !== exported) return namespace;
    const missing = Object.keys(exported).filter((key) => !(key in namespace));
    if (missing.length === 0) return namespace;
    const extended: Namespace = Object.create(null) as Namespace;
    for (const key of Object.keys(namespace)) {
      Object.defineProperty(extended, key, { enumerable: true, get: () => namespace[key] });
    }
    for (const key of missing) {
      Object.defineProperty(extended, key, { enumerable: true, get: () => Reflect.get(exported, key) as unknown });
    }
    return extended;
  }
}

/** `fs/promises`, `@scope/name/part` -> the package to install; `null` for anything that is not a package's name. */
export function packageName(specifier: string): string | null {
  const match = /^(@[\w.~-]+\/[\w.~-]+|[A-Za-z0-9_~-][\w.~-]*)(?:\/|$)/.exec(specifier);
  return match?.[1] ?? null;
}

/** Says what to do about a package that is not there; other errors pass as they are. */
export function explainMissing(error: unknown, specifier: string, folder: string): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') return error;
  const name = packageName(specifier);
  const message = (error as Error).message;
  // A package that is there but lacks one of its own dependencies is another mistake, with a message of its own.
  if (name === null || !(message.includes(`'${name}'`) || message.includes(`'${specifier}'`))) return error;
  const explained = new Error(`Cannot find package '${name}' from ${folder}: run \`npm install ${name}\` there.`, {
    cause: error,
  });
  return Object.assign(explained, { code });
}
