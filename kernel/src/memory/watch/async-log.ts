/**
 * Promises that are still to settle, and handles with the cell that made them, noted down by async hooks while they are
 * wanted. https://nodejs.org/api/async_hooks.html
 */
import { createHook, type AsyncHook } from 'node:async_hooks';
import type { CellTag } from '../../ipc/messages.js';

/** Entries that are looked through at the earliest for those that have gone. */
const FIRST_LOOK = 1_024;
/** So many are held at a time before they are held weakly: most have settled by then, and a WeakRef takes 5 µs to make. */
const MOST_YOUNG = 1_024;

/** Something asynchronous that a cell began. */
interface Noted<R> {
  readonly type: string;
  readonly resource: R;
  readonly cell: CellTag;
  /** Full collections by then. */
  readonly since: number;
}

/** Handles: Node's names of what an event loop waits for. Timers are known anyway, and workers are told by themselves. */
const HANDLES: ReadonlySet<string> = new Set([
  'TCPWRAP',
  'TCPSERVERWRAP',
  'PIPEWRAP',
  'PIPESERVERWRAP',
  'UDPWRAP',
  'TTYWRAP',
  'PROCESSWRAP',
  'SIGNALWRAP',
  'FSEVENTWRAP',
  'STATWATCHER',
]);

export class AsyncLog {
  /** Held until the event loop turns. */
  private readonly young = new Map<number, Noted<object>>();
  private readonly noted = new Map<number, Noted<WeakRef<object>>>();
  private nextLook = FIRST_LOOK;
  private hook: AsyncHook | null = null;

  /**
   * @param ownCell of the code that runs now; `null` for the kernel's own.
   * @param collections full ones so far.
   * @param soon calls back when the event loop turns.
   */
  constructor(
    private readonly ownCell: () => CellTag | null,
    private readonly collections: () => number,
    private readonly soon: (callback: () => void) => void,
  ) {}

  get on(): boolean {
    return this.hook !== null;
  }

  set on(on: boolean) {
    if (on === this.on) return;
    if (!on) {
      this.hook?.disable();
      this.hook = null;
      this.young.clear();
      this.noted.clear();
      return;
    }
    this.hook = createHook({
      init: (id, type, _trigger, resource) => this.begun(id, type, resource),
      promiseResolve: (id) => this.young.delete(id) || this.noted.delete(id),
    }).enable();
  }

  /** Holds everything weakly from now on: to be called before a collection that is to tell what goes. */
  letGo(): void {
    for (const [id, { resource, ...rest }] of this.young)
      this.noted.set(id, { ...rest, resource: new WeakRef(resource) });
    this.young.clear();
    if (this.noted.size >= this.nextLook) this.prune();
  }

  /** Promises that have not settled and that something holds, by cell: those from before so many full collections. */
  unsettled(before: number): { cell: CellTag; count: number }[] {
    return this.byCell(({ type, since }) => type === 'PROMISE' && since <= before).map(({ cell, count }) => ({
      cell,
      count,
    }));
  }

  /** Handles that are open, by kind and cell. */
  handles(): { type: string; cell: CellTag; count: number }[] {
    return this.byCell(({ type, resource }) => type !== 'PROMISE' && isOpen(resource));
  }

  private byCell(fits: (noted: Noted<WeakRef<object>>) => boolean): { type: string; cell: CellTag; count: number }[] {
    this.letGo();
    this.prune();
    const counted = new Map<string, { type: string; cell: CellTag; count: number }>();
    for (const each of this.noted.values()) {
      if (!fits(each)) continue;
      const key = `${each.type} ${each.cell.parentId}`;
      const known = counted.get(key) ?? { type: each.type, cell: each.cell, count: 0 };
      known.count++;
      counted.set(key, known);
    }
    return [...counted.values()];
  }

  private begun(id: number, type: string, resource: object): void {
    if (type !== 'PROMISE' && !HANDLES.has(type)) return;
    const cell = this.ownCell();
    if (cell === null) return;
    if (this.young.size === 0) this.soon(() => this.letGo());
    this.young.set(id, { type, resource, cell, since: this.collections() });
    if (this.young.size >= MOST_YOUNG) this.letGo();
  }

  private prune(): void {
    for (const [id, { resource }] of this.noted) if (!isAlive(resource)) this.noted.delete(id);
    this.nextLook = Math.max(FIRST_LOOK, this.noted.size * 2);
  }
}

const isAlive = (target: WeakRef<object>): boolean => target.deref() !== undefined;

/** Node answers for a handle that is open and that the event loop waits for. */
const isOpen = (resource: WeakRef<object>): boolean =>
  (resource.deref() as { hasRef?: () => unknown } | undefined)?.hasRef?.() === true;
