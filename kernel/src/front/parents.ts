/** Which request made a cell's output: late output of a timer still belongs to its own cell. */
import type { Header } from './wire.js';

/** Cells remembered; output of older ones is shown without a parent. */
const MAX_PARENTS = 10_000;

export interface Parent {
  header: Header;
  /** A silent cell broadcasts nothing. */
  silent: boolean;
}

export class Parents {
  private readonly known = new Map<string, Parent>();
  private last: Parent | null = null;

  add(header: Header, silent: boolean): void {
    this.last = { header, silent };
    this.known.set(header.msg_id, this.last);
    const [oldest] = this.known.keys();
    if (this.known.size > MAX_PARENTS && oldest !== undefined) this.known.delete(oldest);
  }

  get(messageId: string): Parent | null {
    return this.known.get(messageId) ?? null;
  }

  /** The cell that began last. */
  latest(): Parent | null {
    return this.last;
  }
}
