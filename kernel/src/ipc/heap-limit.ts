/**
 * The heap limit that holds for the user's code: V8's own lies above it, by the reserve in which a cell is stopped. The
 * front tells the runtime in {@link RESERVE_VARIABLE}, which is taken before user code runs.
 */
import { getHeapStatistics } from 'node:v8';

/** Environment variable: bytes of the reserve. */
export const RESERVE_VARIABLE = 'HEAPMARK_HEAP_RESERVE';

let reserve = 0;

/** Takes the reserve from the environment, and the flag that made it from those that child processes would be given. */
export function takeHeapReserve(environment: NodeJS.ProcessEnv, flags: string[]): void {
  reserve = Number(environment[RESERVE_VARIABLE] ?? 0);
  delete environment[RESERVE_VARIABLE];
  const last = flags.findLastIndex((flag) => flag.startsWith('--max-old-space-size='));
  if (reserve > 0 && last >= 0) flags.splice(last, 1);
}

/** Bytes. */
export const heapLimit = (): number => getHeapStatistics().heap_size_limit - reserve;
