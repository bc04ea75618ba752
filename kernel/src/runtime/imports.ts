/** `import` and `require` of cells: the kernel's own packages, cells that are modules, local files, packages. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findLocal, isCompiled, isLocal } from './local-files.js';
import { LocalModules, type LocalModuleHost, type ModuleImporter } from './local-modules.js';
import { explainMissing, PackageLoader, type Attributes, type Namespace } from './packages.js';

/** Packages that the kernel provides: the namespace, made when first asked for. */
export type OwnPackages = ReadonlyMap<string, () => Namespace | Promise<Namespace>>;

export class Imports {
  readonly packages: PackageLoader;
  /** `require` of cells. */
  readonly require: NodeJS.Require;
  private readonly importer: ModuleImporter;
  private readonly local: LocalModules;
  private readonly cells = new Map<string, Namespace>();
  /** When each local CommonJS file was changed that is loaded. */
  private readonly stamps = new Map<string, string>();

  /** @param folder the notebook's. */
  constructor(
    readonly folder: string,
    private readonly own: OwnPackages,
    host: Pick<LocalModuleHost, 'compile' | 'positions' | 'trace'>,
  ) {
    this.packages = new PackageLoader(folder);
    this.importer = { folder, packages: this.packages, module: null };
    this.local = new LocalModules({
      ...host,
      import: (specifier, attributes, from) => this.importFrom(specifier, attributes, from),
    });
    this.require = this.makeRequire();
  }

  /** An import by a cell. */
  import(specifier: string, attributes?: Attributes): Promise<Namespace> {
    return this.importFrom(String(specifier), attributes, this.importer);
  }

  /** Makes a cell importable as `./name`. */
  provideCell(name: string, namespace: Namespace): void {
    this.cells.set(name.replace(/^\.\//, ''), namespace);
  }

  private async importFrom(
    specifier: string,
    attributes: Attributes | undefined,
    from: ModuleImporter,
  ): Promise<Namespace> {
    const own = this.own.get(specifier);
    if (own !== undefined) return own();
    if (!isLocal(specifier)) return from.packages.import(specifier, attributes);
    if (from.module === null) {
      const cell = this.cells.get(specifier.replace(/^\.\//, '').replace(/\.(?:ts|js)$/, ''));
      if (cell !== undefined) return cell;
    }
    const path = findLocal(specifier, from.folder);
    if (extname(path) === '.json') return jsonNamespace(path);
    if (
      extname(path) === '.cjs' ||
      extname(path) === '.node' ||
      (extname(path) === '.js' && (await isCommonJs(path)))
    ) {
      return this.importCommonJs(path, from.packages);
    }
    if (!isCompiled(path)) return from.packages.import(pathToFileURL(path).href, attributes);
    return this.local.import(path, from.module);
  }

  /** A local CommonJS file; one that has changed since is loaded again. */
  private importCommonJs(path: string, { require }: PackageLoader): Namespace {
    const stamp = String(statSync(path).mtimeMs);
    if (this.stamps.has(path) && this.stamps.get(path) !== stamp) delete require.cache[path];
    this.stamps.set(path, stamp);
    const exported: unknown = require(path);
    const namespace = Object.create(null) as Namespace;
    if ((typeof exported === 'object' || typeof exported === 'function') && exported !== null)
      Object.assign(namespace, exported);
    namespace['default'] ??= exported;
    return namespace;
  }

  private makeRequire(): NodeJS.Require {
    const { require } = this.packages;
    const { own, folder } = this;
    const replaced = (specifier: string): unknown => {
      const namespace = own.get(specifier)?.();
      if (namespace !== undefined && !(namespace instanceof Promise)) return namespace;
      try {
        return require(specifier) as unknown;
      } catch (error) {
        throw explainMissing(error, specifier, folder);
      }
    };
    return Object.assign(replaced, {
      resolve: require.resolve,
      cache: require.cache,
      extensions: require.extensions,
      main: undefined,
    }) as NodeJS.Require;
  }
}

/** A JSON file: the value as `default`, and the members of an object by name. Read afresh each time. */
async function jsonNamespace(path: string): Promise<Namespace> {
  const text = await readFile(path, 'utf8');
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw new SyntaxError(`${path} is not JSON: ${(error as Error).message}`, { cause: error });
  }
  const namespace = Object.create(null) as Namespace;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) Object.assign(namespace, value);
  namespace['default'] = value;
  return namespace;
}

/** Whether a `.js` file is CommonJS: its package does not say `module`, and its text uses `require` or `exports` only. */
async function isCommonJs(path: string): Promise<boolean> {
  if (packageType(dirname(path)) === 'module') return false;
  const source = await readFile(path, 'utf8');
  if (/^\s*(?:import\b(?!\s*\()|export\b)/m.test(source)) return false;
  return /\b(?:module\.exports|exports\.\w|require\s*\()/.test(source);
}

/** The `type` of the package that a folder belongs to. */
function packageType(folder: string): string | null {
  for (let at = folder; ; at = dirname(at)) {
    const file = join(at, 'package.json');
    if (existsSync(file)) {
      try {
        return (JSON.parse(readFileSync(file, 'utf8')) as { type?: string }).type ?? 'commonjs';
      } catch {
        // Node says what is wrong with it when something is imported from there.
        return null;
      }
    }
    if (dirname(at) === at) return null;
  }
}
