/**
 * Gives memory back when nothing is to be compiled. Each cell leaves a type checker behind, some megabytes that V8 would
 * keep until its heap has doubled: they count against the user's machine.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Quiet time before a collection, ms. */
const DELAY_MS = 1_500;
/** Calls that leave little enough to wait for more. */
const FEW = 8;

export class IdleCollection {
  private calls = 0;
  private timer: NodeJS.Timeout | null = null;

  /** @param collected is told after each collection. */
  constructor(private readonly collected: () => void) {}

  /** Something was compiled. */
  worked(): void {
    this.calls += 1;
    if (this.timer !== null) this.timer.refresh();
    else this.timer = setTimeout(() => this.quiet(), DELAY_MS).unref();
  }

  /** Makes the next quiet time one for a collection, however little was done. */
  wanted(): void {
    this.calls += FEW;
    this.worked();
  }

  private quiet(): void {
    this.timer = null;
    if (this.calls < FEW) return;
    this.calls = 0;
    collect();
    this.collected();
  }
}

/**
 * A full collection of this thread's heap; none where V8 does not give its collector. It moves what is left together:
 * only empty pages go back to the system.
 */
function collect(): void {
  const flags = ['expose-gc', 'compact-on-every-full-gc'];
  for (const flag of flags) setFlagsFromString(`--${flag}`);
  const gc: unknown = runInNewContext('typeof gc === "function" ? gc : undefined');
  if (typeof gc === 'function') (gc as () => void)();
  // They are the whole process's, and V8 rejects a code cache that was made under other flags.
  for (const flag of flags) setFlagsFromString(`--no-${flag}`);
}
