/** Waits until all native output of a run has arrived: its markers have been seen on both descriptors. */

/** A reply waits so long, ms, for native output; after a miss, only so short until a marker is seen again. */
const PATIENCE_MS = 500;
const AFTER_MISS_MS = 20;

export class NativeDrain {
  private seen = { stdout: 0, stderr: 0 };
  private missed = false;
  private waiters: (() => void)[] = [];

  /** The marker of run `id` came; ids only grow. */
  note(name: 'stdout' | 'stderr', id: number): void {
    this.seen[name] = Math.max(this.seen[name], id);
    for (const wake of this.waiters) wake();
  }

  /** A new process has new descriptors. */
  reset(): void {
    this.missed = false;
  }

  /** Resolves when the output of run `id` is here. User code may close the descriptors, so the wait has a bound. */
  async until(id: number): Promise<void> {
    const complete = () => this.seen.stdout >= id && this.seen.stderr >= id;
    if (complete()) return;
    const inTime = await new Promise<boolean>((resolve) => {
      const finish = (value: boolean) => {
        clearTimeout(timer);
        this.waiters = this.waiters.filter((waiter) => waiter !== wake);
        resolve(value);
      };
      const wake = () => {
        if (complete()) finish(true);
      };
      const timer = setTimeout(finish, this.missed ? AFTER_MISS_MS : PATIENCE_MS, false);
      this.waiters.push(wake);
    });
    this.missed = !inTime;
  }
}
