/**
 * Lines that run so often that reading V8's counters around each run would take longer than the runs: many of their runs
 * are counted in one stretch, and its bytes are shared out by what single runs of the same lines were measured to take.
 */

/** Runs of a line that are measured one by one before any of them is not. */
const FIRST_RUNS = 128;
/** The first runs also compile the line: they tell nothing of the later ones. */
const WARM_RUNS = 32;
/** A line whose runs take longer on average, ms, is measured every time: reading costs little beside it. */
const SHORT_MS = 0.02;
/** Runs in one stretch; a prime, so that loops over several lines are not always cut at the same one. */
const STRETCH_RUNS = 509;
/** Runs measured one by one between two stretches. */
const SINGLE_RUNS = 16;
/** Averages forget, so that they follow what a line does: all before so many measured runs weighs half. */
const MEMORY_RUNS = 256;
/** What the tracing makes for a run, bytes; stretches tell it better than this. */
const TRACING_BYTES = 100;
/** A run that takes so many times the average, and so many bytes more, is a rare one. */
const RARE_TIMES = 8;
const RARE_BYTES = 2_048;
/** A stretch that takes this part more than usual held one. */
const RARE_SHARE = 0.25;
/** Stretches of one line that tell what is usual. */
const MOST_RATIOS = 9;

const grown = (old: Float64Array<ArrayBuffer>, slots: number): Float64Array<ArrayBuffer> => {
  const made = new Float64Array(slots);
  made.set(old);
  return made;
};

/** Gives bytes to a slot. */
export type Credit = (slot: number, bytes: number) => void;

/** What single runs of each line take, and the lines of the present stretch. */
export class HotLines {
  /** Runs that were measured one by one, from beginning to end, and what they took: bytes, ms. */
  private measured = new Float64Array(0);
  private bytes = new Float64Array(0);
  private time = new Float64Array(0);
  /** Bytes between such a line and what ran next. */
  private after = new Float64Array(0);
  /** Who gets the latter. */
  private afterTo = new Float64Array(0);
  /** Where a run that is being measured began: the line's bytes then, and the stretch before it. */
  private began = new Float64Array(0);
  private beganIn = new Float64Array(0);
  private external = new Float64Array(0);
  /** Bytes of rare runs among the measured ones. */
  private rare = new Float64Array(0);
  /** By line: what stretches took, as a part of what single runs make expect. */
  private readonly ratios = new Map<number, number[]>();
  /** Runs of each line in the present stretch, and these lines. */
  private counts = new Float64Array(0);
  private lines: number[] = [];
  private left = 0;
  private single = SINGLE_RUNS;
  private stretches = 0;

  grow(slots: number): void {
    this.measured = grown(this.measured, slots);
    this.bytes = grown(this.bytes, slots);
    this.time = grown(this.time, slots);
    this.after = grown(this.after, slots);
    this.afterTo = grown(this.afterTo, slots);
    this.began = grown(this.began, slots);
    this.beganIn = grown(this.beganIn, slots);
    this.external = grown(this.external, slots);
    this.counts = grown(this.counts, slots);
    this.rare = grown(this.rare, slots);
  }

  /** A run of a line that is measured begins. */
  begins(slot: number, bytes: number, external: number): void {
    this.began[slot] = bytes;
    this.external[slot] = external;
    this.beganIn[slot] = this.stretches;
  }

  /** The run is over. Tells whether a stretch begins here. */
  ends(slot: number, bytes: number, external: number, runs: number): boolean {
    // A stretch within took a part of the run.
    if (this.beganIn[slot] !== this.stretches) return false;
    if (runs > WARM_RUNS) {
      if (external !== this.external[slot]) this.time[slot] = Infinity;
      this.took(slot, bytes - (this.began[slot] as number));
    } else {
      this.after[slot] = 0;
      this.time[slot] = 0;
    }
    if (!this.isHot(slot) || --this.single > 0) return false;
    this.single = SINGLE_RUNS;
    this.left = STRETCH_RUNS;
    this.stretches++;
    return true;
  }

  private took(slot: number, bytes: number): void {
    const measured = this.measured[slot] as number;
    if (measured > 0 && bytes > RARE_BYTES + RARE_TIMES * this.mean(this.bytes, slot)) {
      this.rare[slot] = (this.rare[slot] as number) + bytes;
      return;
    }
    if (measured >= MEMORY_RUNS) this.forget(slot);
    this.measured[slot] = (this.measured[slot] as number) + 1;
    this.bytes[slot] = (this.bytes[slot] as number) + bytes;
  }

  /** Time that a measured line ran itself. */
  ran(slot: number, ms: number): void {
    this.time[slot] = (this.time[slot] as number) + ms;
  }

  /** What came between a measured run and what ran next went to another line, or to none. */
  wasAfter(slot: number, bytes: number, to: number): void {
    this.after[slot] = (this.after[slot] as number) + bytes;
    this.afterTo[slot] = to;
  }

  /** A line begins in a stretch: whether it goes on. */
  goesOn(slot: number): boolean {
    if (this.left-- <= 0 || !this.isHot(slot)) return false;
    const count = this.counts[slot] as number;
    if (count === 0) this.lines.push(slot);
    this.counts[slot] = count + 1;
    return true;
  }

  /**
   * A stretch is over: each line gets what its single runs took on average. A stretch that took much more than others of
   * its kind held a rare large allocation, as when a list grows: that goes to the lines by what was rare in single runs.
   */
  share(bytes: number, external: number, credit: Credit, creditExternal: Credit): void {
    const { lines, counts } = this;
    let runs = 0;
    let expected = 0;
    let most = 0;
    for (const slot of lines) {
      const count = counts[slot] as number;
      if (count > (counts[most] as number)) most = slot;
      runs += count;
      expected += count * (this.mean(this.bytes, slot) + TRACING_BYTES);
    }
    const usual = this.usualRatio(most, runs, bytes / expected);
    for (const slot of lines) {
      const count = counts[slot] as number;
      credit(slot, count * this.mean(this.bytes, slot));
      const next = this.afterTo[slot] as number;
      if (next !== 0 && counts[next] === 0) credit(next, count * this.mean(this.after, slot) * Math.min(1, usual));
      if (external > 0) creditExternal(slot, (external * count) / runs);
    }
    const rest = bytes - usual * expected;
    if (rest > Math.max(RARE_BYTES, RARE_SHARE * usual * expected)) this.shareRare(rest, runs, credit);
    for (const slot of lines) counts[slot] = 0;
    lines.length = 0;
  }

  private shareRare(bytes: number, runs: number, credit: Credit): void {
    const { lines, counts, rare } = this;
    const known = lines.reduce((sum, slot) => sum + (rare[slot] as number), 0);
    for (const slot of lines)
      credit(slot, bytes * (known > 0 ? (rare[slot] as number) / known : (counts[slot] as number) / runs));
  }

  /** How many times what single runs tell a stretch of this line takes: the median of the last ones. */
  private usualRatio(slot: number, runs: number, ratio: number): number {
    const known = this.ratios.get(slot) ?? [];
    if (runs >= STRETCH_RUNS / 8) {
      known.push(ratio);
      if (known.length > MOST_RATIOS) known.shift();
      this.ratios.set(slot, known);
    }
    return [...known].sort((a, b) => a - b)[known.length >> 1] ?? 1;
  }

  private isHot(slot: number): boolean {
    const measured = this.measured[slot] as number;
    return measured >= FIRST_RUNS && (this.time[slot] as number) < measured * SHORT_MS;
  }

  private mean(sums: Float64Array, slot: number): number {
    return (sums[slot] as number) / (this.measured[slot] as number);
  }

  private forget(slot: number): void {
    for (const sums of [this.measured, this.bytes, this.time, this.after]) sums[slot] = (sums[slot] as number) / 2;
  }
}
