/** Holders that a heap snapshot found, in the words of the walk. */
import type { Holder } from '@heapmark/protocol';
import type { HeapHolder, HeapStep } from '../../ipc/heap.js';
import { holderText } from '../holder-text.js';

/** What the words need to know of the notebook. */
export interface Places {
  /** What traces call a script: `cell [3]`, a module's path; `null` for code that is not the notebook's. */
  labelOf(script: string): string | null;
  /** The cell that declared a name. */
  ownerOf(name: string): Holder['cell'];
}

/** The compiler's own names for the functions around a cell's code. */
const WRAPPER = /(?:closure|the waiting function) `__hm[\w$]*`/;

/** A holder as records carry it. */
export function holderOf({ steps }: HeapHolder, places: Places): Holder {
  const path = steps.map(({ kind, name, script }) => ({ kind, name: placed(name, script, places) }));
  const root = steps[0];
  const cell = root?.kind === 'global' ? places.ownerOf(root.name) : cellOf(steps, places);
  return { path, text: holderText(path), cell, retainedBytes: null };
}

function placed(name: string, script: string | undefined, places: Places): string {
  if (script === undefined) return name;
  const label = places.labelOf(script);
  if (WRAPPER.test(name)) return name.replace(WRAPPER, `the code of ${label ?? fileName(script)}`);
  return `${name} declared in ${label ?? fileName(script)}`;
}

const fileName = (script: string): string => script.split(/[\\/]/).at(-1) ?? script;

function cellOf(steps: readonly HeapStep[], places: Places): Holder['cell'] {
  for (const { script } of steps) {
    const count = script === undefined ? undefined : /^cell \[(\d+)\]$/.exec(places.labelOf(script) ?? '')?.[1];
    if (count !== undefined) return { cellId: null, executionCount: Number(count) };
  }
  return null;
}
