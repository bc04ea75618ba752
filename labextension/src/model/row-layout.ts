/** Which rows of a long list stand in a viewport, for rows of different but known heights. */

export class RowLayout {
  readonly #tops: Float64Array;

  /** @param heights - of each row, in pixels. */
  constructor(heights: readonly number[]) {
    this.#tops = new Float64Array(heights.length + 1);
    let top = 0;
    for (const [index, height] of heights.entries()) {
      this.#tops[index] = top;
      top += height;
    }
    this.#tops[heights.length] = top;
  }

  get count(): number {
    return this.#tops.length - 1;
  }

  /** Pixels of all rows together. */
  get height(): number {
    return this.#tops[this.count] ?? 0;
  }

  /** Where a row begins; the whole height for one past the last. */
  top(row: number): number {
    return this.#tops[Math.max(0, Math.min(row, this.count))] ?? 0;
  }

  /** The row that covers a position: the first above the list, the last below it. */
  rowAt(position: number): number {
    let low = 0;
    let high = this.count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.top(middle) <= position) low = middle;
      else high = middle - 1;
    }
    return Math.max(0, low);
  }

  /** Rows from `first` up to but without `end` that show in the viewport, and `spare` more at each side. */
  visible(scrollTop: number, viewport: number, spare: number): { first: number; end: number } {
    if (this.count === 0) return { first: 0, end: 0 };
    return {
      first: Math.max(0, this.rowAt(scrollTop) - spare),
      end: Math.min(this.count, this.rowAt(scrollTop + viewport) + 1 + spare),
    };
  }

  /** The scroll position nearest to the present one at which the whole row shows. */
  reveal(row: number, scrollTop: number, viewport: number): number {
    const [top, bottom] = [this.top(row), this.top(row + 1)];
    if (top < scrollTop) return top;
    return bottom > scrollTop + viewport ? bottom - viewport : scrollTop;
  }
}
