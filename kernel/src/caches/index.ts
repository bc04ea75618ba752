/**
 * Caches that can be seen and bounded: for cells (`import … from "heapmark/caches"`) and for any Node program.
 * The inventory of the kernel lists every cache made here.
 */
export { CacheFileError } from './disk/file-format.js';
export { restoreCache, saveCache, type RestoreResult, type Saveable, type SaveResult } from './disk/persistence.js';
export { memoize, type CacheInfo, type Memoized, type MemoizedMembers, type MemoizeOptions } from './memo/memoize.js';
export { structuralKey } from './memo/structural-key.js';
export { CacheUsageError } from './mistake.js';
export { BoundedCache, type BoundedCacheInfo, type BoundedCacheOptions } from './policy/bounded-cache.js';
export type { Dispose, RemovalReason } from './policy/disposal.js';
export type { PolicyOptions } from './policy/options.js';
export { sizeOf } from './sizing.js';
export { TimedWeakValueMap, type TimedWeakValueMapOptions } from './weak/timed-weak-value-map.js';
export { WeakModelCache, type WeakModelCacheOptions, type WeakModelStatistics } from './weak/weak-model-cache.js';
export type { WeakRemoval } from './weak/weak-table.js';
export { WeakValueMap, type WeakValueMapOptions } from './weak/weak-value-map.js';
