/**
 * Gives memory back when nothing is to be compiled. Each cell leaves a type checker behind, some megabytes that V8 would
 * keep until its heap has doubled: they count against the user's machine.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Quiet time before a collection, ms. */
const DELAY_MS = 1500;
/** Calls that leave little enough to wait for more. */
const FEW = 8;

export class IdleCollection {
  private calls = 0;
  private timer: NodeJS.Timeout | null = null;
  private readonly collect = exposeGc();

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
    this.collect();
  }
}

/** V8's collector of this thread; does nothing where V8 does not give it. */
function exposeGc(): () => void {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('typeof gc === "function" ? gc : undefined');
  return typeof gc === 'function' ? (gc as () => void) : () => undefined;
}
