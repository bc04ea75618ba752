/** Compiled code of a cell, made ready to run in the notebook's scope. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BindingSlot, CellEnvironment, CompiledCell, DeclarationKind, LineTracer } from '../ipc/cell.js';
import type { CellTag } from '../ipc/messages.js';
import { after, wait } from './awaiting.js';
import { asOurs } from './builtins.js';
import type { RunnableCode } from './context.js';
import { functionFromSource } from './function-source.js';
import type { Globals } from './globals.js';
import type { Imports } from './imports.js';
import type { SourcePositions } from './source-positions.js';
import { UNTRACED } from './untraced.js';

/** What code of cells may reach. */
export interface CellWorld {
  readonly globals: Globals;
  readonly imports: Imports;
  readonly positions: SourcePositions;
  magic(name: string, args: string): Promise<void>;
  /** The tracer of code that was compiled to be traced. */
  trace(filename: string, cell: CellTag | null, body: object): LineTracer;
}

const { apply } = Reflect;

type CellFunction = (environment: CellEnvironment, ...slots: BindingSlot[]) => unknown;

/** A cell's code. It may run any number of times; each run declares its names anew. */
export class CellCode implements RunnableCode {
  readonly source: string;
  /** Names that the code has initialised so far. */
  readonly initialised = new Set<string>();

  constructor(
    private readonly compiled: CompiledCell,
    private readonly tag: CellTag,
    private readonly world: CellWorld,
  ) {
    world.positions.add(compiled.filename, `cell [${tag.executionCount}]`, compiled.sourceMap);
    this.source = compiled.cellMagic?.body ?? world.positions.source(compiled.filename) ?? '';
  }

  async run(): Promise<{ value: unknown } | undefined> {
    const { compiled, world } = this;
    const { body, args } = asOurs(() => {
      const made = functionFromSource(compiled.js, compiled.filename) as CellFunction;
      const slots = compiled.bindings.map((name) => world.globals.binding(name));
      return { body: made, args: [this.environment(made), ...slots] };
    });
    const result = (await apply(body, undefined, args)) as { value: unknown } | undefined;
    if (compiled.moduleName !== null) this.provideModule(compiled.moduleName);
    return result;
  }

  private environment(body: object): CellEnvironment {
    const { globals, imports, magic } = this.world;
    const { folder } = imports;
    const filename = join(folder, this.compiled.filename);
    const { traced = false } = this.compiled;
    const trace = traced ? this.world.trace(this.compiled.filename, this.tag, body) : UNTRACED;
    const kinds = new Map<string, DeclarationKind>(this.compiled.declares.map(({ name, kind }) => [name, kind]));
    return {
      import: (specifier, attributes) => imports.import(specifier, attributes),
      magic,
      wait,
      after,
      late: (name) => globals.binding(name),
      scope: scopeOf(globals),
      require: imports.require,
      module: { exports: {} },
      filename,
      dirname: folder,
      trace,
      importMeta: {
        url: pathToFileURL(filename).href,
        filename,
        dirname: folder,
        resolve: (specifier) => imports.packages.resolve(specifier),
      },
      init: (slot, value) => {
        const init = (): void => {
          globals.define(slot, value, kinds.get(slot.name) ?? 'let', this.tag);
          this.initialised.add(slot.name);
        };
        try {
          init();
        } catch {
          // Cells declare thousands of names: looking at the built-ins each time would be felt.
          asOurs(init);
        }
      },
    };
  }

  /** The names that the cell declares, as exports that follow their values. */
  private provideModule(name: string): void {
    const { globals, imports } = this.world;
    const namespace = Object.create(null) as Record<string, unknown>;
    for (const declared of this.compiled.declares) {
      const slot = globals.binding(declared.name);
      Object.defineProperty(namespace, declared.name, { enumerable: true, get: () => slot.v });
    }
    imports.provideCell(name, namespace);
  }
}

/** The names as an object, for `with`: a direct eval sees and sets them. */
function scopeOf(globals: Globals): object {
  return new Proxy(Object.create(null) as object, {
    has: (_target, key) => typeof key === 'string' && globals.isDefined(key),
    get: (_target, key) => (typeof key === 'string' ? globals.binding(key).v : undefined),
    set: (_target, key, value) => {
      if (typeof key !== 'string') return false;
      globals.binding(key).v = value;
      return true;
    },
  });
}
