/** What a cache counts. All figures are since the start or the last reset. */
export class Statistics {
  hits = 0;
  misses = 0;
  /** Entries that a bound pushed out. */
  evictions = 0;
  /** Entries whose time was over, or whose weakly held value was collected. */
  expirations = 0;
  /** Values that were made by a function or loader, failures among them. */
  loads = 0;
  failures = 0;
  /** Time that the loads took, ms; a load that waits for another one counts in full, as a caller feels it. */
  loadMs = 0;

  reset(): void {
    this.hits = this.misses = this.evictions = this.expirations = this.loads = this.failures = 0;
    this.loadMs = 0;
  }

  /** A load has ended. */
  loaded(ms: number, failed = false): void {
    this.loads += 1;
    this.loadMs += ms;
    if (failed) this.failures += 1;
  }

  /** Mean time of a load, ms; `null` before the first. */
  get averageLoadMs(): number | null {
    return this.loads === 0 ? null : this.loadMs / this.loads;
  }

  /** Time that hits did not have to spend, ms: each counted as a load of mean length. `null` when nothing was loaded. */
  get savedMs(): number | null {
    const mean = this.averageLoadMs;
    return mean === null ? null : this.hits * mean;
  }
}
