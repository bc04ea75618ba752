/**
 * Runs cells that nobody sees before the first of the user's: what V8 compiles and notes down on the way through a cell,
 * some 70 kB, it does then, and no cell's figure is blamed for it.
 */
import { serialize } from 'node:v8';
import type { CompiledCell } from '../ipc/cell.js';
import type { RunMessage } from '../ipc/messages.js';
import type { CellWorld } from './cell-code.js';
import { NO_CELL } from './cell-run.js';
import type { Extension } from './context.js';
import { Globals } from './globals.js';
import type { Imports } from './imports.js';
import { CellRunner } from './run-cell.js';
import { SourcePositions } from './source-positions.js';
import { UNTRACED } from './untraced.js';

/** V8 makes up its mind about a function after some dozens of calls. */
const CELLS = 24;

/** @param mayGoOn is asked before each cell: one of the user's ends it all. */
export async function rehearseCells(imports: Imports, mayGoOn: () => boolean): Promise<void> {
  const world: CellWorld = {
    globals: new Globals(() => undefined),
    imports,
    positions: new SourcePositions(),
    magic: () => Promise.resolve(),
    trace: () => UNTRACED,
  };
  for (let id = 0; id < CELLS && mayGoOn(); id++) await ran(world, messageOf(id));
}

function ran(world: CellWorld, message: RunMessage): Promise<void> {
  return new Promise((resolve) => {
    const nothing = (): void => undefined;
    const extension: Extension = {
      line: () => Promise.resolve(),
      cell: (_magic, body) => body.run(),
      cellEnded: () => resolve(),
    };
    new CellRunner(
      world,
      (sent) => void serialize(sent),
      nothing,
      () => extension,
    ).enqueue(message);
  });
}

function messageOf(id: number): RunMessage {
  return {
    type: 'run',
    id,
    tag: NO_CELL,
    startedAt: Date.now(),
    cell: cellOf(id),
    silent: false,
    allowStdin: false,
    userExpressions: {},
  };
}

/** Three kinds: a value, one that is awaited and shown, an error. */
function cellOf(id: number): CompiledCell {
  const name = `example${id}`;
  const bodies = [
    `$hm.init(slot, { id: ${id}, rows: [1, 2, 3].map((each) => ({ each })) });`,
    `$hm.init(slot, await $hm.wait(Promise.resolve(${id}))); return { value: [slot.v, 'example'] };`,
    `$hm.init(slot, function ${name}() { return slot.v; }); throw new Error('example');`,
  ];
  return {
    filename: `rehearsal-${id}.ts`,
    js: `async function ($hm, slot) { "use strict";\n${bodies[id % bodies.length] as string}\n}`,
    sourceMap: JSON.stringify({ version: 3, sources: ['x'], sourcesContent: ['example'], names: [], mappings: 'AAAA' }),
    bindings: [name],
    declares: [{ name, kind: 'const' }],
    hasResult: id % bodies.length === 1,
    cellMagic: null,
    moduleName: null,
  };
}
