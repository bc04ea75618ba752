/** Values that somebody expects to go (`track(value, label)`), held weakly. */
import type { CellTag } from '../../ipc/messages.js';

/** One that is alive. */
export interface Survivor {
  /** Of its own: a second one of the same label has a number. */
  readonly name: string;
  readonly label: string;
  readonly target: WeakRef<object>;
  /** Full collections since it was tracked. */
  readonly survived: number;
  readonly cell: CellTag | null;
}

interface Entry {
  readonly name: string;
  readonly label: string;
  readonly target: WeakRef<object>;
  readonly since: number;
  readonly cell: CellTag | null;
}

export class TrackedValues {
  private entries: Entry[] = [];
  private readonly named = new Map<string, number>();
  /** Labels that a value has already. */
  private readonly labels = new WeakMap<object, Set<string>>();
  private collected = 0;

  /** @param collections full ones so far. */
  constructor(private readonly collections: () => number) {}

  add(value: object, label: string, cell: CellTag | null): void {
    const labels = this.labels.get(value) ?? new Set();
    if (labels.has(label)) return;
    this.labels.set(value, labels.add(label));
    const number = (this.named.get(label) ?? 0) + 1;
    this.named.set(label, number);
    const name = number === 1 ? label : `${label} (${number})`;
    this.entries.push({ name, label, target: new WeakRef(value), since: this.collections(), cell });
  }

  /** How many have been collected. */
  get gone(): number {
    this.prune();
    return this.collected;
  }

  /** Those that are alive, in the order in which they were tracked. */
  survivors(): Survivor[] {
    this.prune();
    const now = this.collections();
    return this.entries.map(({ name, label, target, since, cell }) => ({
      name,
      label,
      target,
      survived: now - since,
      cell,
    }));
  }

  private prune(): void {
    const alive = this.entries.filter(({ target }) => isAlive(target));
    this.collected += this.entries.length - alive.length;
    this.entries = alive;
  }
}

/** In a call of its own, so that no register of a waiting function holds the value. */
const isAlive = (target: WeakRef<object>): boolean => target.deref() !== undefined;
