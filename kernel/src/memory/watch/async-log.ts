/**
 * Promises that are still to settle, and handles with the cell that made them, noted down by async hooks while they are
 * wanted. https://nodejs.org/api/async_hooks.html
 */
import { createHook, type AsyncHook } from 'node:async_hooks';
import type { CellTag } from '../../ipc/messages.js';

/** Entries that are looked through at the earliest for those that have gone. */
const FIRST_LOOK = 1_024;

/** Something asynchronous that a cell began. */
interface Noted {
  readonly type: string;
  readonly resource: WeakRef<object>;
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
  private readonly noted = new Map<number, Noted>();
  private nextLook = FIRST_LOOK;
  private hook: AsyncHook | null = null;

  /**
   * @param ownCell of the code that runs now; `null` for the kernel's own.
   * @param collections full ones so far.
   */
  constructor(
    private readonly ownCell: () => CellTag | null,
    private readonly collections: () => number,
  ) {}

  get on(): boolean {
    return this.hook !== null;
  }

  set on(on: boolean) {
    if (on === this.on) return;
    if (!on) {
      this.hook?.disable();
      this.hook = null;
      this.noted.clear();
      return;
    }
    this.hook = createHook({
      init: (id, type, _trigger, resource) => this.begun(id, type, resource),
      promiseResolve: (id) => void this.noted.delete(id),
    }).enable();
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

  private byCell(fits: (noted: Noted) => boolean): { type: string; cell: CellTag; count: number }[] {
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
    this.noted.set(id, { type, resource: new WeakRef(resource), cell, since: this.collections() });
    if (this.noted.size >= this.nextLook) this.prune();
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
