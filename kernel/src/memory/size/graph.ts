/**
 * What was read of the values, as numbers: nodes with sizes, edges between them. Sums over it touch no user object, so
 * they can be taken as often as needed.
 */

/** Something in the node is out of reach for a walk (a closure's variables, native memory): sizes are a floor. */
export const UNWALKABLE = 1;
/** The time was over before the node was read: its own size is missing. */
export const UNREAD = 2;
/** The node was extrapolated from a part of its children. */
export const SAMPLED = 4;
/** A view of an ArrayBuffer that is much larger. */
export const VIEW = 8;
/** A text: without identity, so no evidence that two share anything. */
export const TEXT = 16;

const grown = <T extends Float64Array | Int32Array | Uint8Array>(old: T, make: (length: number) => T): T => {
  const larger = make(old.length * 2);
  larger.set(old);
  return larger;
};

/** A directed graph with a lowest, a likely and a highest size for each node. */
export class Graph {
  nodes = 0;
  low = new Float64Array(1024);
  likely = new Float64Array(1024);
  high = new Float64Array(1024);
  flags = new Uint8Array(1024);
  firstEdge = new Int32Array(1024).fill(-1);
  private edges = 0;
  nextEdge = new Int32Array(2048);
  target = new Int32Array(2048);

  add(low: number, likely: number, high: number, flags = 0): number {
    if (this.nodes === this.low.length) this.growNodes();
    const id = this.nodes++;
    this.low[id] = low;
    this.likely[id] = likely;
    this.high[id] = high;
    this.flags[id] = flags;
    this.firstEdge[id] = -1;
    return id;
  }

  /** Adds to a node's own size. */
  grow(id: number, low: number, likely: number, high: number): void {
    (this.low[id] as number) += low;
    (this.likely[id] as number) += likely;
    (this.high[id] as number) += high;
  }

  flag(id: number, flag: number): void {
    (this.flags[id] as number) |= flag;
  }

  unflag(id: number, flag: number): void {
    (this.flags[id] as number) &= ~flag;
  }

  link(from: number, to: number): void {
    if (this.edges === this.target.length) {
      this.nextEdge = grown(this.nextEdge, (n) => new Int32Array(n));
      this.target = grown(this.target, (n) => new Int32Array(n));
    }
    const edge = this.edges++;
    this.target[edge] = to;
    this.nextEdge[edge] = this.firstEdge[from] as number;
    this.firstEdge[from] = edge;
  }

  private growNodes(): void {
    const floats = (n: number): Float64Array => new Float64Array(n);
    this.low = grown(this.low as Float64Array, floats) as never;
    this.likely = grown(this.likely as Float64Array, floats) as never;
    this.high = grown(this.high as Float64Array, floats) as never;
    this.flags = grown(this.flags as Uint8Array, (n) => new Uint8Array(n)) as never;
    this.firstEdge = grown(this.firstEdge as Int32Array, (n) => new Int32Array(n)) as never;
  }
}
