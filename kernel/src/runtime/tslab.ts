/**
 * The package `tslab` for notebooks written for it: the real one, whose displays go out by this kernel's channel. It is
 * loaded when a cell first asks for it. It brings a compiler of its own, which displays do not need: that is left out,
 * since it would take 0.3 s and 45 MB of the user's process.
 */
import { createRequire, Module } from 'node:module';
import type { DisplayOptions } from './context.js';
import type { Namespace } from './packages.js';

interface TslabDisplay {
  data: Record<string, unknown>;
  metadata: Record<string, unknown>;
  transient?: { display_id?: string };
}

interface TslabJupyter {
  lastWriteDisplayData: ((display: TslabDisplay, update?: boolean) => void) | null;
}

/**
 * Loads tslab and plugs it in.
 * @param folder the notebook's: its own tslab comes before the one the kernel depends on.
 */
export function loadTslab(
  folder: string,
  show: (data: Record<string, unknown>, options: DisplayOptions) => void,
): Namespace {
  const require = findTslab(folder);
  const restore = leaveCompilerOut(require.resolve('tslab/dist/jupyter'));
  let exported: Record<string, unknown>;
  let jupyter: TslabJupyter;
  try {
    exported = require('tslab') as Record<string, unknown>;
    jupyter = require('tslab/dist/jupyter') as TslabJupyter;
  } finally {
    restore();
  }
  jupyter.lastWriteDisplayData = ({ data, metadata, transient }, update = false) => {
    const id = transient?.display_id;
    show(data, { metadata, update, ...(id === undefined ? {} : { id }) });
  };
  return Object.assign(Object.create(null) as Namespace, exported, { default: exported });
}

function findTslab(folder: string): NodeJS.Require {
  const fromNotebook = createRequire(`${folder}/`);
  try {
    fromNotebook.resolve('tslab/dist/jupyter');
    return fromNotebook;
  } catch {
    return createRequire(import.meta.url);
  }
}

/** What tslab reads of its compiler when it is loaded. */
interface Compiler {
  readonly __esModule: true;
  readonly version: string;
  readonly sys: object;
}

/**
 * Has tslab find its compiler's version only. Gives what puts things back: others that load the compiler get it.
 * @param file of tslab's.
 */
function leaveCompilerOut(file: string): () => void {
  const require = createRequire(file);
  try {
    const path = require.resolve(COMPILER);
    if (require.cache[path] !== undefined) return () => undefined;
    const { version } = require(`${COMPILER}/package.json`) as { version: string };
    const outline: Compiler = { __esModule: true, version, sys: {} };
    require.cache[path] = Object.assign(new Module(path), { exports: outline, loaded: true });
    return () => delete require.cache[path];
  } catch {
    // Another version of tslab, arranged in another way: it loads whatever it needs.
    return () => undefined;
  }
}

const COMPILER = '@tslab/typescript-for-tslab';
