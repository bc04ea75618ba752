/**
 * The function forms of the magics: what `import … from "heapmark"` gives to cells. Each returns a promise of the record
 * that its magic shows. Their declarations for the compiler stand in `resources/heapmark/index.d.ts`.
 */
import type {
  CellRecord,
  FreeRecord,
  GcRecord,
  GcThresholdRecord,
  GlobalNamesRecord,
  MemoryRecord,
  VariablesRecord,
} from '@heapmark/protocol';
import type { Memory, VariablesOptions } from '../memory/index.js';
import { freeBlocks } from '../render/free.js';
import { gcBlocks } from '../render/gc.js';
import { cellsBlocks, memoryBlocks } from '../render/memory.js';
import { namesBlocks } from '../render/names.js';
import { variablesBlocks } from '../render/variables.js';
import { MagicError, type RuntimeContext } from '../runtime/context.js';
import { definedNames } from './names.js';
import { readRegexp } from './regexp.js';
import { displayable } from './show.js';

export interface FreeOptions {
  /** What to free: names that are not defined are a mistake, and then nothing is freed. */
  names?: readonly string[];
  /** All that `vars()` lists; functions, classes, imports and `_names` stay. */
  all?: boolean;
  /** Names that this finds. */
  pattern?: string | RegExp;
}

export interface HeapmarkFunctions {
  vars(options?: VariablesOptions): Promise<VariablesRecord>;
  checkGlobalVariable(options?: { values?: boolean }): Promise<GlobalNamesRecord>;
  free(...names: (string | FreeOptions)[]): Promise<FreeRecord>;
  gc(options?: { minor?: boolean; stats?: boolean }): Promise<GcRecord>;
  gcThreshold(): Promise<GcThresholdRecord>;
  memory(): Promise<MemoryRecord>;
  cells(): Promise<CellRecord[]>;
}

/** The functions of one runtime. */
export function createFunctions(runtime: RuntimeContext, memory: Memory): HeapmarkFunctions {
  return {
    async vars(options = {}) {
      if (options.exact === true) throw new MagicError('vars({ exact: true }) is not in this version of Heapmark yet.');
      return displayable(memory.variables(options), variablesBlocks);
    },
    async checkGlobalVariable({ values = false } = {}) {
      const names = memory.names('plain');
      const described = values ? names.map((name) => valueOf(memory, name)) : null;
      return displayable({ names, values: described }, namesBlocks);
    },
    async free(...words) {
      return displayable(await memory.free(toFree(memory, words)), freeBlocks);
    },
    async gc({ minor = false, stats = false } = {}) {
      return displayable(await memory.collect({ minor, stats }), gcBlocks);
    },
    gcThreshold: async () => memory.gcThreshold(),
    async memory() {
      return displayable(memory.report(await runtime.ask('cells', null)), memoryBlocks);
    },
    async cells() {
      return displayable(await runtime.ask('cells', null), cellsBlocks);
    },
  };
}

function valueOf(memory: Memory, name: string): { name: string; type: string; preview: string } {
  const { type, preview } = memory.describe(memory.entry(name)?.value);
  return { name, type, preview };
}

function toFree(memory: Memory, words: readonly (string | FreeOptions)[]): string[] {
  const written: string[] = [];
  const chosen: string[] = [];
  for (const word of words) {
    if (typeof word === 'string') {
      written.push(word);
      continue;
    }
    written.push(...(word.names ?? []));
    if (word.all === true) chosen.push(...memory.names('data'));
    if (word.pattern !== undefined) {
      chosen.push(
        ...memory.matching(
          typeof word.pattern === 'string'
            ? readRegexp(word.pattern)
            : new RegExp(word.pattern.source, word.pattern.flags.replace(/[gy]/g, '')),
        ),
      );
    }
  }
  if (words.length === 0) throw new MagicError('free needs a name, { all: true } or { pattern: /…/ }.');
  return [...new Set([...definedNames(memory, written), ...chosen])];
}
