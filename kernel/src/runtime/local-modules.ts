/**
 * Local modules in TypeScript and JavaScript: compiled by the front, evaluated here, and evaluated again when their file
 * or a file they import has changed. Node's own loader would keep every version for ever; here an old version goes when
 * nothing of it is used any longer.
 */
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CompiledModule, LineTracer, ModuleEnvironment } from '../ipc/cell.js';
import { functionFromSource } from './function-source.js';
import { PackageLoader, type Attributes, type Namespace } from './packages.js';
import type { SourcePositions } from './source-positions.js';
import { UNTRACED } from './untraced.js';

/** A version of a file, in the state that its evaluation has reached. */
interface LoadedModule {
  readonly path: string;
  readonly source: string;
  readonly stamp: string;
  readonly namespace: Namespace;
  /** Local modules it imported. */
  readonly imports: Set<string>;
  /** Modules whose evaluation it waits for now. */
  readonly waitsFor: Set<LoadedModule>;
  readonly evaluated: Promise<void>;
  settled: boolean;
}

/** What the loader needs from outside. */
export interface LocalModuleHost {
  compile(path: string, source: string): Promise<CompiledModule>;
  /** Imports anything on behalf of a module: the importer is `from`. */
  import(specifier: string, attributes: Attributes | undefined, from: ModuleImporter): Promise<Namespace>;
  positions: SourcePositions;
  /** The tracer of a file that was compiled to be traced. */
  trace(filename: string, body: object): LineTracer;
}

/** Who imports: a folder to resolve from and, for a module, the module. */
export interface ModuleImporter {
  readonly folder: string;
  readonly packages: PackageLoader;
  readonly module: object | null;
}

export class LocalModules {
  private readonly loaded = new Map<string, LoadedModule>();

  constructor(private readonly host: LocalModuleHost) {}

  /**
   * The namespace of a file's present version. An import by a cell checks the whole graph below it for changes first;
   * one by a module takes part in the evaluation that is under way.
   */
  async import(path: string, by: object | null): Promise<Namespace> {
    const importer = by as LoadedModule | null;
    if (importer === null) await this.dropChanged(path);
    else importer.imports.add(path);
    let module = this.loaded.get(path);
    module ??= await this.load(path);
    if (importer !== null && waits(module, importer, new Set())) return module.namespace;
    importer?.waitsFor.add(module);
    try {
      await module.evaluated;
    } finally {
      importer?.waitsFor.delete(module);
    }
    return module.namespace;
  }

  /** Forgets the versions below `path` that have changed, and all that import one of those. */
  private async dropChanged(path: string): Promise<void> {
    const below = new Set<LoadedModule>();
    const collect = (at: string): void => {
      const module = this.loaded.get(at);
      if (module === undefined || below.has(module)) return;
      below.add(module);
      for (const imported of module.imports) collect(imported);
    };
    collect(path);
    const changed = new Set<string>();
    for (const module of below) {
      if (module.settled && (await this.hasChanged(module))) changed.add(module.path);
    }
    for (let before = -1; before !== changed.size;) {
      before = changed.size;
      for (const module of below) {
        if ([...module.imports].some((imported) => changed.has(imported) || !this.loaded.has(imported)))
          changed.add(module.path);
      }
    }
    for (const module of below) {
      if (changed.has(module.path) && this.loaded.get(module.path) === module) this.loaded.delete(module.path);
    }
  }

  private async hasChanged(module: LoadedModule): Promise<boolean> {
    try {
      return (await stampOf(module.path)) !== module.stamp && (await readFile(module.path, 'utf8')) !== module.source;
    } catch {
      return true;
    }
  }

  private async load(path: string): Promise<LoadedModule> {
    const stamp = await stampOf(path);
    const source = await readFile(path, 'utf8');
    const other = this.loaded.get(path);
    if (other !== undefined) return other;
    let begin: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const namespace = Object.create(null) as Namespace;
    Object.defineProperty(namespace, Symbol.toStringTag, { value: 'Module' });
    const module: LoadedModule = {
      path,
      source,
      stamp,
      namespace,
      imports: new Set(),
      waitsFor: new Set(),
      settled: false,
      evaluated: begun.then(() => this.evaluate(module)),
    };
    this.loaded.set(path, module);
    // Whoever imports it sees the error; a module that failed is tried afresh at the next import.
    module.evaluated.catch(() => {
      if (this.loaded.get(path) === module) this.loaded.delete(path);
    });
    begin();
    return module;
  }

  private async evaluate(module: LoadedModule): Promise<void> {
    try {
      const compiled = await this.host.compile(module.path, module.source);
      this.host.positions.add(compiled.filename, module.path, compiled.sourceMap);
      const body = functionFromSource(compiled.js, compiled.filename) as (
        environment: ModuleEnvironment,
      ) => Promise<void>;
      const { traced = false, filename } = compiled;
      await body(this.environment(module, traced ? this.host.trace(filename, body) : UNTRACED));
    } finally {
      module.settled = true;
    }
  }

  private environment(module: LoadedModule, trace: LineTracer): ModuleEnvironment {
    const { path, namespace } = module;
    const folder = dirname(path);
    const packages = new PackageLoader(folder);
    const importer: ModuleImporter = { folder, packages, module };
    return {
      import: (specifier, attributes) => this.host.import(specifier, attributes, importer),
      export: (getters) => {
        for (const [name, get] of Object.entries(getters)) exportName(namespace, name, get);
      },
      exportAll: (other) => {
        for (const name of Object.keys(other)) {
          if (name !== 'default' && !(name in namespace)) exportName(namespace, name, () => other[name]);
        }
      },
      require: packages.require,
      trace,
      importMeta: {
        url: pathToFileURL(path).href,
        filename: path,
        dirname: folder,
        resolve: (specifier) => packages.resolve(specifier),
      },
    };
  }
}

function exportName(namespace: Namespace, name: string, get: () => unknown): void {
  Object.defineProperty(namespace, name, { get, enumerable: true, configurable: true });
}

/** Whether the evaluation of `module` waits, over any number of steps, for that of `target`: then an import is a cycle. */
function waits(module: LoadedModule, target: LoadedModule, seen: Set<LoadedModule>): boolean {
  if (module === target) return true;
  if (seen.has(module)) return false;
  seen.add(module);
  for (const next of module.waitsFor) {
    if (waits(next, target, seen)) return true;
  }
  return false;
}

async function stampOf(path: string): Promise<string> {
  const { mtimeMs, size } = await stat(path);
  return `${mtimeMs}:${size}`;
}
