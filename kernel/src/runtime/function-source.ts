/** Source text of a function, made a function. */
import { compileFunction, constants } from 'node:vm';

const BEFORE = 'return (';

/**
 * Lets Node say once, to nobody, that the way by which dynamic imports find its loader is experimental: it is this
 * kernel's choice and none of the user's. Call it once, before user code.
 */
export function useDefaultLoaderQuietly(): void {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    const load = functionFromSource('() => import("node:fs")', 'start') as () => Promise<unknown>;
    // Node says it before the import returns; a built-in module is there at all times.
    void load();
  } finally {
    process.emitWarning = emitWarning;
  }
}

/**
 * Evaluates the source of a function expression. Positions in traces are those of `js` itself. A stray `import()` in it
 * resolves as in any file of the working folder. Nothing of the code is kept but by what it made: a `vm.Script` would
 * leave over a kilobyte behind for good.
 *
 * @param filename what stack frames call it.
 * @throws SyntaxError
 */
export function functionFromSource(js: string, filename: string): unknown {
  const make = compileFunction(`${BEFORE}${js}\n)`, [], {
    filename,
    columnOffset: -BEFORE.length,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }) as () => unknown;
  return make();
}
