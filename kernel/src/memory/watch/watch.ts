/** `%gc --watch`: what was to go and has not, with holders, and what lives on by itself, with the cell that made it. */
import process from 'node:process';
import type { CellRef, LingeringRecord, TrackRecord, WatchRecord } from '@heapmark/protocol';
import type { CellTag } from '../../ipc/messages.js';
import type { GlobalEntry, RuntimeContext } from '../../runtime/context.js';
import { holderText } from '../holder-text.js';
import { cellRefOf } from '../list/list.js';
import type { Explain } from '../memory.js';
import { findHolders } from '../paths.js';
import type { Probes } from '../probes.js';
import { AsyncLog } from './async-log.js';
import { ProcessWatch } from './emitters.js';
import { TrackedValues, type Survivor } from './tracked.js';

/** Full collections that a tracked object may survive, where nobody says how many. */
export const SURVIVES = 2;

/** Resources of the event loop that are told of in another way, or that are over in no time. */
const TOLD_ELSEWHERE = /^(?:Timeout|Immediate|MessagePort|Worker|.*Req.*)$/;
/** Survivors that are listed, and of one label those that a snapshot is asked about. */
const MOST_TRACKED = 1_000;
const ASKED_OF_ONE = 4;

const NOT_NOTED = 'it was made before %gc --watch on, or by a package on its own';

export interface WatchContext extends Pick<RuntimeContext, 'currentCell' | 'ownCell' | 'pendingTimers'> {
  /** Every name of the notebook. */
  entries(): readonly GlobalEntry[];
  /** Full collections so far. */
  collections(): number;
}

export class Watch {
  private readonly tracked: TrackedValues;
  private readonly asyncs: AsyncLog;
  private readonly process: ProcessWatch;
  /** Resources of the kernel's own, by Node's name; `null` before the first cell. */
  private ours: ReadonlyMap<string, number> | null = null;

  constructor(
    private readonly context: WatchContext,
    private readonly probes: Probes,
    private readonly resources: () => string[] = process.getActiveResourcesInfo.bind(process),
  ) {
    const ownCell = (): CellTag | null => context.ownCell();
    const collections = (): number => context.collections();
    this.tracked = new TrackedValues(collections);
    this.asyncs = new AsyncLog(ownCell, collections, (callback) => void probes.later(0, callback));
    this.process = new ProcessWatch(ownCell);
    this.process.start();
  }

  /** What is open by the first cell is the kernel's own. */
  cellBegins(): void {
    this.ours ??= countsOf(this.resources());
  }

  /** Whether promises and the makers of handles are noted down. */
  get on(): boolean {
    return this.asyncs.on;
  }

  set on(on: boolean) {
    this.asyncs.on = on;
  }

  /** A collection comes: nothing is held here while it runs. */
  letGo(): void {
    this.asyncs.letGo();
  }

  track(value: object, label: string): void {
    this.tracked.add(value, label, this.context.currentCell());
  }

  /**
   * What there is now; a collection should come before.
   * @param after full collections that a tracked object may survive.
   * @param explain asked about those that no variable holds.
   */
  async record(after: number, explain: Explain): Promise<WatchRecord> {
    const survivors = this.tracked.survivors();
    const overdue = survivors.filter(({ survived }) => survived >= after);
    const held = this.heldByNames(overdue);
    const asked = fewOfEach(overdue.filter(({ name }) => !held.has(name)));
    const found = asked.length === 0 ? new Map<string, never>() : await explain(asked, []);
    return {
      on: this.on,
      after,
      tracked: survivors.slice(0, MOST_TRACKED).map((survivor): TrackRecord => {
        const { label, name, survived, cell } = survivor;
        const answer = found.get(name);
        return {
          label,
          alive: true,
          collectionsSurvived: survived,
          overdue: survived >= after,
          holder: held.get(name) ?? answer?.holder?.text ?? null,
          reason: answer?.reason ?? null,
          cell: refOf(cell),
        };
      }),
      gone: this.tracked.gone,
      lingering: [...this.timers(), ...this.listeners(), ...this.promises(after), ...this.handles(), ...this.workers()],
      notes: [
        ...(this.on
          ? []
          : ['Promises, and which cell opened a handle, are noted down while %gc --watch is on, from then on.']),
        ...(survivors.length > MOST_TRACKED
          ? [`${survivors.length - MOST_TRACKED} more tracked objects are alive.`]
          : []),
      ],
    };
  }

  close(): void {
    this.on = false;
    this.process.stop();
  }

  /** Paths from variables, by the name of the survivor: nothing that runs later holds the values. */
  private heldByNames(survivors: readonly Survivor[]): Map<string, string> {
    const values = survivors.flatMap(({ name, target }) => {
      const value = target.deref();
      return value === undefined ? [] : [{ name, value }];
    });
    const targets = values.map(({ value }) => value);
    const { holders } = findHolders(this.context.entries(), targets, this.probes);
    const texts = values.flatMap(({ name, value }): [string, string][] => {
      const holder = holders.get(value);
      return holder === undefined ? [] : [[name, holderText(holder.path, 'object')]];
    });
    return new Map(texts);
  }

  private timers(): LingeringRecord[] {
    return this.context
      .pendingTimers()
      .filter(({ over }) => over)
      .map(({ what, count, cell }) => ({ kind: 'timer', what, count, cell: refOf(cell), reason: null }));
  }

  private listeners(): LingeringRecord[] {
    return this.process.listeners().map(({ what, count, cell }) => ({
      kind: 'listener',
      what: `listeners for ${what}`,
      count,
      cell: refOf(cell),
      reason: cell === null ? 'a package added them on its own' : null,
    }));
  }

  private promises(after: number): LingeringRecord[] {
    // The cell that asks is itself a promise that has not settled, and so is what it waits for.
    const asking = this.context.ownCell()?.parentId;
    return this.asyncs
      .unsettled(this.context.collections() - after)
      .filter(({ cell }) => cell.parentId !== asking)
      .map(({ cell, count }) => ({
        kind: 'promise',
        what: 'promises that have not settled',
        count,
        cell: refOf(cell),
        reason: null,
      }));
  }

  private handles(): LingeringRecord[] {
    const open = countsOf(this.resources());
    const known = this.asyncs.handles();
    return [...open].flatMap(([type, active]): LingeringRecord[] => {
      if (TOLD_ELSEWHERE.test(type)) return [];
      let unknown = active - (this.ours?.get(type) ?? 0);
      const noted = known
        .filter((each) => sameResource(each.type, type))
        .map(({ cell, count }): LingeringRecord => {
          unknown -= count;
          return { kind: 'handle', what: type, count, cell: refOf(cell), reason: null };
        });
      return unknown <= 0
        ? noted
        : [...noted, { kind: 'handle', what: type, count: unknown, cell: null, reason: NOT_NOTED }];
    });
  }

  private workers(): LingeringRecord[] {
    return this.process
      .threads()
      .map(({ cell, count }) => ({ kind: 'worker', what: 'worker threads', count, cell: refOf(cell), reason: null }));
  }
}

function fewOfEach(survivors: readonly Survivor[]): Survivor[] {
  const counts = new Map<string, number>();
  return survivors.filter(({ label }) => {
    const count = (counts.get(label) ?? 0) + 1;
    counts.set(label, count);
    return count <= ASKED_OF_ONE;
  });
}

const refOf = (cell: CellTag | null): CellRef | null => cellRefOf(cell ?? undefined);

/** Async hooks say `TCPWRAP` of what the event loop calls `TCPSocketWrap`. */
const sameResource = (hooked: string, active: string): boolean =>
  hooked.replace(/^TCPWRAP$/, 'TCPSOCKETWRAP') === active.toUpperCase();

function countsOf(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
