/**
 * The package `tslab` for notebooks written for it: the real one, whose displays go out by this kernel's channel. It is
 * loaded when a cell first asks for it; it brings a compiler of its own, so its memory is booked to the kernel.
 */
import { createRequire } from 'node:module';
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
  const exported = require('tslab') as Record<string, unknown>;
  const jupyter = require('tslab/dist/jupyter') as TslabJupyter;
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
