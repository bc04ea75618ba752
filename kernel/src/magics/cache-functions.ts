/** `caches()`, and the answers of the memory protocol about caches. */
import { ErrorCode, ProtocolError, type CacheRecord } from '@heapmark/protocol';
import { Inventory, UnknownCache, type InventoryHost } from '../caches/inventory/inventory.js';
import { figureOf } from '../memory/size/account.js';
import { measure } from '../memory/size/measure.js';
import { cachesBlocks } from '../render/caches.js';
import { MagicError, type RequestHandlers, type RuntimeContext } from '../runtime/context.js';
import { displayable } from './show.js';

/** Time for measuring what all caches hold, ms. */
const BUDGET_MS = 50;

export interface CachesOptions {
  /** Names of Maps, Sets, arrays or objects of yours that are to be listed too, from now on. */
  add?: string | readonly string[];
}

export interface CacheFunctions {
  caches(options?: CachesOptions): Promise<CacheRecord[]>;
}

export interface CacheDesk {
  readonly functions: CacheFunctions;
  readonly requests: RequestHandlers;
  /** Empties a cache; `bytes` is how much less it was measured to hold. */
  clear(name: string): { cleared: number; bytes: number | null };
  resize(name: string, maxSize: number): { evicted: number };
}

/** Looks for caches in a runtime, from now on. */
export function createCacheDesk(runtime: Pick<RuntimeContext, 'globals'>): CacheDesk {
  const inventory = new Inventory(hostOf(runtime));
  inventory.start();
  const bytesOf = (name: string): number | null => inventory.list().find((each) => each.name === name)?.bytes ?? null;
  const clear = (name: string): { cleared: number; bytes: number | null } => {
    const before = bytesOf(name);
    const cleared = inventory.clear(name);
    const after = bytesOf(name);
    return { cleared, bytes: before === null || after === null ? null : Math.max(0, before - after) };
  };
  const resize = (name: string, maxSize: number): { evicted: number } => ({ evicted: inventory.resize(name, maxSize) });
  return {
    functions: {
      async caches({ add = [] } = {}) {
        for (const name of typeof add === 'string' ? [add] : add) asMistake(() => inventory.add(name));
        return displayable(inventory.list(), cachesBlocks);
      },
    },
    requests: {
      caches: () => ({ caches: inventory.list() }),
      cacheClear: ({ name }) => asRefusal(() => clear(name)),
      cacheResize: ({ name, maxSize }) => asRefusal(() => resize(name, maxSize ?? Infinity)),
    },
    clear: (name) => asMistake(() => clear(name)),
    resize: (name, maxSize) => asMistake(() => resize(name, maxSize)),
  };
}

function hostOf({ globals }: Pick<RuntimeContext, 'globals'>): InventoryHost {
  const probes = { now: () => performance.now(), random: Math.random };
  return {
    *names() {
      for (const { name, value } of globals.entries()) yield { name, value };
      for (const { name, value } of globals.addedToGlobalThis()) yield { name, value };
    },
    measure(groups) {
      const { account } = measure(groups, probes, BUDGET_MS);
      const { heapUsed, external } = process.memoryUsage();
      return groups.map((group, index) => {
        const reach = account.reaches[index];
        if (reach === undefined) return { bytes: 0, precision: 'exact' as const };
        const { bytes, precision } = figureOf(reach, heapUsed + external);
        // The list that the values were handed over in is no part of the cache.
        return { bytes: Math.max(0, bytes - 32 - 8 * group.length), precision };
      });
    },
  };
}

function asMistake<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw error instanceof UnknownCache ? new MagicError(error.message, { cause: error }) : error;
  }
}

function asRefusal<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw error instanceof UnknownCache ? new ProtocolError(ErrorCode.usage, error.message) : error;
  }
}
