import type { Memory, Tracer } from '../memory/index.js';
import type { RuntimeContext } from '../runtime/context.js';
import type { CacheDesk } from './cache-functions.js';
import type { HeapmarkFunctions } from './functions.js';
import type { LeakDesk } from './leak-functions.js';
import type { TensorFunctions } from './tensor-functions.js';

export type { MimeBundle } from '../ipc/messages.js';
export type { RuntimeContext } from '../runtime/context.js';

/** Time as magics measure it; passed in, so that tests need no waiting. */
export interface Clock {
  /** Milliseconds that never go back; the zero is arbitrary. */
  now(): number;
  /** Processor time of the process since its start, all threads, in milliseconds. */
  cpu(): { userMs: number; systemMs: number };
}

/** What a magic works with. */
export interface MagicContext {
  readonly runtime: RuntimeContext;
  readonly memory: Memory;
  /** The function forms: a magic reads its line, calls its function and shows the record. */
  readonly functions: HeapmarkFunctions;
  /** The same for tensors and devices. */
  readonly tensorFunctions: TensorFunctions;
  /** Every cache in the process. */
  readonly caches: CacheDesk;
  readonly clock: Clock;
  readonly tracer: Tracer;
  /** Looks for leaks. */
  readonly leakDesk: LeakDesk;
  /** Shows a value as a cell's result is shown. */
  showValue(value: unknown): Promise<void>;
}
