/**
 * The highest that JavaScript's memory stood while a cell ran, also of one that never gives up the main thread: V8's
 * counters before each collection, which it notes down itself. This memory falls in collections, so between two of them
 * it never stood higher than before the second.
 */
import type { CollectionFigures, CollectionWatch, HeapCounters } from './collections.js';
import { higher, watchCollections } from './collections.js';

export class CellPeak {
  private highest: HeapCounters | null = null;
  private on = false;
  private taking = false;

  /** @param told is given the collections of each look. */
  constructor(
    private readonly watch: CollectionWatch = watchCollections(),
    private readonly told: (each: readonly CollectionFigures[]) => void = () => undefined,
  ) {}

  /** A cell begins. */
  begin(): void {
    this.highest = null;
    if (this.on) this.told(this.watch.take().each);
    else this.watch.begin();
    this.on = true;
  }

  /**
   * Takes in what V8 has noted down so far, some 3 kB a collection, so that a cell of hours keeps no list of them. May be
   * called in the middle of any code, this class's own too.
   */
  look(): void {
    if (!this.on || this.taking) return;
    this.taking = true;
    const { highest, each } = this.watch.take();
    if (highest !== null) this.highest = higher(this.highest, highest);
    if (each.length > 0) this.told(each);
    this.taking = false;
  }

  /** The cell's code is over: the counters of the highest moment before a collection, `null` without any collection. */
  end(): HeapCounters | null {
    this.look();
    this.on = false;
    this.watch.end();
    return this.highest;
  }
}
