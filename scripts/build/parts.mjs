/** What is built, from what, and how one tells that it is there. */
import { join } from 'node:path';
import { ROOT } from '../setup/places.mjs';

const SHARED = ['package-lock.json', 'tsconfig.base.json', 'scripts/build', 'kernel/protocol/package.json'];

/** @typedef {{ name: string, inputs: string[], outputs: string[], stamp: string }} Part */

/** @param {string} name @param {string[]} inputs @param {string[]} outputs @returns {Part} */
function part(name, inputs, outputs) {
  return {
    name,
    inputs: [...SHARED, ...inputs],
    outputs: outputs.map((path) => join(ROOT, path)),
    stamp: join(ROOT, 'node_modules', '.cache', 'heapmark', `built-${name}`),
  };
}

export const KERNEL = part(
  'kernel',
  ['kernel/protocol/src', 'kernel/src', 'kernel/package.json'],
  ['kernel/dist/main.mjs', 'kernel/dist/runtime.mjs', 'kernel/dist/caches.mjs'],
);

export const PANEL = part(
  'panel',
  [
    'kernel/protocol/src',
    'kernel/protocol/tsconfig.json',
    'labextension/src',
    'labextension/style',
    'labextension/schema',
    'labextension/package.json',
    'labextension/tsconfig.json',
  ],
  ['labextension/dist/package.json'],
);
