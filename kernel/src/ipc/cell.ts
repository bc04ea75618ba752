/**
 * What the compiler makes of a cell and the environment the runtime gives it.
 *
 * `CompiledCell.js` is the source of one function expression. The runtime evaluates it with `filename`, calls it with
 * the environment and one {@link BindingSlot} for each name in `bindings`, in that order, and awaits what it returns:
 * `{ value }` when the cell's last statement is an expression, `undefined` otherwise.
 */

/** How a top-level name of a cell was declared. */
export type DeclarationKind =
  'let' | 'const' | 'var' | 'using' | 'function' | 'class' | 'enum' | 'namespace' | 'import';

/** A top-level name of a cell that exists at run time (types and interfaces do not). */
export interface DeclaredName {
  name: string;
  kind: DeclarationKind;
}

/** `%%name args` on a cell's first line. */
export interface CellMagic {
  name: string;
  /** The rest of the line, unparsed. */
  args: string;
  /** The cell's source below the magic's line, for magics that show it. */
  body: string;
}

/** A cell ready to run. */
export interface CompiledCell {
  /** What stack frames call the cell; unique for each compilation, e.g. `cell-12.ts`. */
  filename: string;
  js: string;
  /** Source map (version 3, JSON) from `js` to the cell's text as the user sees it; `null` when there is none. */
  sourceMap: string | null;
  bindings: string[];
  declares: DeclaredName[];
  /** Whether the function returns `{ value }`. */
  hasResult: boolean;
  cellMagic: CellMagic | null;
  /** `/** @module name *\/`: the cell is importable as `./name`. */
  moduleName: string | null;
  /** Whether the code tells its tracer which of its lines runs. */
  traced?: boolean;
}

/** A global of the user, as compiled code sees it: reads throw a ReferenceError until `v` is an own property. */
export interface BindingSlot {
  readonly name: string;
  v: unknown;
}

/** `$hm` in compiled code. */
export interface CellEnvironment {
  /** Static and dynamic import; resolves from the notebook's folder. Rejects with the loader's error. */
  import(specifier: string, attributes?: Record<string, string>): Promise<Record<string, unknown>>;
  /** Runs a line magic; resolves when its output was sent. Rejects with a usage error (`MagicError`). */
  magic(name: string, args: string): Promise<void>;
  /** Takes what is about to be awaited; throws when the cell was interrupted. */
  wait<T>(value: T): T | Promise<never>;
  /** Takes what was awaited, also at each turn of a `for await`; throws when the cell was interrupted meanwhile. */
  after<T>(value: T): T;
  /** The binding of a name that no cell had declared when this cell was compiled; a global of Node when there is none. */
  late(name: string): BindingSlot;
  /** Scope object (a Proxy on the bindings) for cells that contain a direct eval. */
  readonly scope: object;
  readonly require: NodeJS.Require;
  readonly module: { exports: unknown };
  readonly filename: string;
  readonly dirname: string;
  /** Of traced code. */
  readonly trace: LineTracer;
  readonly importMeta: { url: string; filename: string; dirname: string; resolve(specifier: string): string };
  /** Initialises a binding, defining its own property: `slot.v = value` on a binding that may not exist yet. */
  init(slot: BindingSlot, value: unknown): void;
}

/** A local TypeScript or JavaScript module, compiled for the runtime's own loader. */
export interface CompiledModule {
  path: string;
  filename: string;
  /**
   * Source of `async function ($module)`, where `$module` has `import(specifier)`, `importMeta`, `require` and
   * `export(getters)`: an object of functions, one for each exported name, called once before the body runs.
   */
  js: string;
  sourceMap: string | null;
  /** Whether the code tells its tracer which of its lines runs. */
  traced?: boolean;
}

/**
 * How traced code tells which of its lines runs: `line(pre(3), { $hm3: () => (…) }.$hm3)`. The name of the function says its
 * line to whoever reads the stack.
 */
export interface LineTracer {
  /** A line is about to begin: what is allocated until {@link line} is the tracing's own. */
  pre(line: number): number;
  line<T>(line: number, run: () => T): T;
  /** A function with a loop begins: the line that called it makes room. What it gives is for {@link without}. */
  within(): number;
  without(outer: number): void;
  /** A value that may be a new buffer; gives it back. */
  seen<T>(line: number, value: T): T;
}

/** What compiled modules see as `$module`. */
export interface ModuleEnvironment {
  import(specifier: string, attributes?: Record<string, string>): Promise<Record<string, unknown>>;
  export(getters: Record<string, () => unknown>): void;
  /** `export * from`: every name of the namespace but `default`. */
  exportAll(namespace: Record<string, unknown>): void;
  readonly require: NodeJS.Require;
  readonly importMeta: CellEnvironment['importMeta'];
  readonly trace: LineTracer;
}

/**
 * Takes the compiled form of names out of a message V8 wrote, so that a user reads the name they wrote:
 * `(0 , __hm_f.v) is not a function` becomes `f is not a function`.
 */
export function cleanMessage(message: string): string {
  return message
    .replace(
      /\(0 ?, ?\$hm\.late\(\.\.\.\)\.v\)|\$hm\.late\(\.\.\.\)\.v|\$hm_after(?:\(\.\.\.\))?(?: is not a function or its return value)?/g,
      '(intermediate value)',
    )
    .replace(/\(0 ?, ?\$hm\.(\w+)\)|\$hm\.(\w+)/g, (_all, called?: string, read?: string) =>
      (read ?? called ?? '').replace('importMeta', 'import.meta'),
    )
    .replace(
      /\(0 ?, ?__hm_([\p{ID_Continue}$]+)\.v\)|__hm_([\p{ID_Continue}$]+)\.v/gu,
      (_all, read: string | undefined, called: string | undefined) => read ?? called ?? '',
    );
}
