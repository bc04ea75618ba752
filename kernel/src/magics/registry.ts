import { caches } from './caches.js';
import { checkGlobalVariable } from './check-global-variable.js';
import { emptyCache } from './empty-cache.js';
import { free } from './free.js';
import { gc } from './gc.js';
import { gpu } from './gpu.js';
import { leaks } from './leaks.js';
import { lsmagic } from './lsmagic.js';
import type { Magic } from './magic.js';
import { mem } from './mem.js';
import { memit } from './memit.js';
import { memlimit } from './memlimit.js';
import { memtrace } from './memtrace.js';
import { reset } from './reset.js';
import { resetSelective } from './reset-selective.js';
import { tensors } from './tensors.js';
import { time } from './time.js';
import { timeit } from './timeit.js';
import { typecheck } from './typecheck.js';
import { vars } from './vars.js';
import { whoLs } from './who-ls.js';
import { who } from './who.js';
import { whos } from './whos.js';
import { why } from './why.js';
import { xdel } from './xdel.js';

/** All magics of this version, in the order of their declarations. */
export const magics: readonly Magic[] = [
  vars,
  checkGlobalVariable,
  who,
  whoLs,
  whos,
  free,
  xdel,
  reset,
  resetSelective,
  gc,
  mem,
  memit,
  memtrace,
  why,
  leaks,
  tensors,
  gpu,
  emptyCache,
  caches,
  memlimit,
  typecheck,
  lsmagic,
  time,
  timeit,
];
