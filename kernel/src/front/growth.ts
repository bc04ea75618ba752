/**
 * Notices a running cell whose memory grows steadily, and tells when it will reach a limit at that pace.
 *
 * What is in use at some moment is mostly garbage that waits for its collection. What counts here is what was left after
 * full collections: V8's heap right after each, and the least that buffers and native memory stood at until the next.
 */
import { formatBytes, type EventMap, type MemoryLimit, type MemorySample } from '@heapmark/protocol';

/** Two floors nearer to each other than this are one, ms. */
const APART_MS = 1_000;
/** Floors that are looked at; the least of them, and the least time between the first and the last, ms. */
const MOST_FLOORS = 30;
const LEAST_FLOORS = 4;
const LEAST_SPAN_MS = 20_000;
/** Growth below this, bytes, or below this part of the first floor, says nothing. */
const LEAST_GROWTH = 32_000_000;
const LEAST_SHARE = 0.1;
/** What is gained in the end of all ups and downs, and what the later half must have of the earlier one's pace: caches fill and stop. */
const STEADY = 0.6;
const KEEPS_PACE = 0.5;
/** A limit that is farther away than this, ms, is no news. */
const HORIZON_MS = 30 * 60_000;
/** Nothing is told before so much of the limit is used, or the cell has grown for so long, ms: data are loaded, too. */
const USED_SHARE = 0.2;
const LONG_MS = 60_000;
/** Told once more when so little of the time that was told is left. */
const AGAIN = 1 / 3;

/** Memory that was alive after a full collection, bytes. */
interface Floor {
  readonly time: number;
  readonly heap: number;
  /** Buffers, other external and native memory: the least until the next floor. */
  outside: number;
}

/** A series that grows. */
export interface Growth {
  limit: MemoryLimit;
  bytesPerSecond: number;
  /** How long it has been seen to grow, ms. */
  seenMs: number;
  reachesInMs: number;
}

export class GrowthWatch {
  private floors: Floor[] = [];
  private toldMs: number | null = null;

  /** A cell begins, or the runtime is another one. */
  begin(): void {
    this.floors = [];
    this.toldMs = null;
  }

  /**
   * Looks at a sample of a busy runtime.
   * @param limits the limits that memory runs towards, as they stand now.
   * @returns what is news; `null` while there is none.
   */
  look(sample: MemorySample, limits: readonly MemoryLimit[]): Growth | null {
    this.note(sample);
    const growing = limits
      .map((limit) => this.towards(limit))
      .filter((growth) => growth !== null)
      .sort((a, b) => a.reachesInMs - b.reachesInMs);
    const [nearest] = growing;
    if (nearest === undefined) return null;
    if (this.toldMs !== null && nearest.reachesInMs > this.toldMs * AGAIN) return null;
    this.toldMs = nearest.reachesInMs;
    return nearest;
  }

  private note(sample: MemorySample): void {
    const outside = outsideOf(sample);
    const last = this.floors.at(-1);
    const heap = sample.collections?.find(({ kind }) => kind === 'major')?.heapUsed ?? null;
    if (heap === null || (last !== undefined && sample.time - last.time < APART_MS)) {
      if (last !== undefined && outside !== null) last.outside = Math.min(last.outside, outside);
      return;
    }
    this.floors.push({ time: sample.time, heap, outside: outside ?? last?.outside ?? 0 });
    if (this.floors.length > MOST_FLOORS) this.floors.shift();
  }

  private towards(limit: MemoryLimit): Growth | null {
    if (limit.limit === null || limit.used === null) return null;
    const isHeap = limit.kind === 'heap';
    const points = this.floors.map(({ time, heap, outside }) => ({ time, bytes: isHeap ? heap : heap + outside }));
    const pace = steadyPace(points);
    const [first, last] = [points[0], points.at(-1)];
    if (pace === null || first === undefined || last === undefined) return null;
    // What is garbage now will be collected before a limit is reached.
    const used = isHeap ? last.bytes : Math.max(limit.used, last.bytes);
    const reachesInMs = Math.max(0, limit.limit - used) / pace;
    const seenMs = last.time - first.time;
    if (reachesInMs > HORIZON_MS || (used < limit.limit * USED_SHARE && seenMs < LONG_MS)) return null;
    return { limit, bytesPerSecond: pace * 1_000, seenMs, reachesInMs };
  }
}

interface Point {
  time: number;
  bytes: number;
}

/** Bytes per ms of a series that rises all the time; `null` for any other. */
function steadyPace(points: readonly Point[]): number | null {
  const [first, last] = [points[0], points.at(-1)];
  if (points.length < LEAST_FLOORS || first === undefined || last === undefined) return null;
  if (last.time - first.time < LEAST_SPAN_MS) return null;
  const growth = last.bytes - first.bytes;
  if (growth < Math.max(LEAST_GROWTH, first.bytes * LEAST_SHARE)) return null;
  const steps = points.slice(1).map(({ bytes }, index) => bytes - (points[index]?.bytes ?? 0));
  if (growth < STEADY * steps.reduce((sum, step) => sum + Math.abs(step), 0)) return null;
  const middle = (first.time + last.time) / 2;
  const turn = points.reduce((best, point) =>
    Math.abs(point.time - middle) < Math.abs(best.time - middle) ? point : best,
  );
  const early = paceBetween(first, turn);
  const late = paceBetween(turn, last);
  if (early === null || late === null || late <= 0 || late < early * KEEPS_PACE) return null;
  return medianPace(points);
}

const paceBetween = (from: Point, to: Point): number | null =>
  to.time === from.time ? null : (to.bytes - from.bytes) / (to.time - from.time);

/** The median of the paces between all pairs of points (Theil and Sen): a third of them may be anything. */
function medianPace(points: readonly Point[]): number | null {
  const paces = points
    .flatMap((from, index) => points.slice(index + 1).map((to) => paceBetween(from, to)))
    .filter((pace) => pace !== null)
    .sort((a, b) => a - b);
  const pace = paces[Math.floor(paces.length / 2)];
  return pace === undefined || pace <= 0 ? null : pace;
}

/** Buffers, other external memory, and what of the process no figure explains; `null` where something is not known. */
function outsideOf({ rss, heapTotal, arrayBuffers, otherExternal }: MemorySample): number | null {
  if (arrayBuffers === null || otherExternal === null) return null;
  const external = arrayBuffers + otherExternal;
  return external + (rss === null || heapTotal === null ? 0 : Math.max(0, rss - heapTotal - external));
}

const OF: Readonly<Record<MemoryLimit['kind'], string>> = {
  heap: "V8's heap limit",
  memlimit: 'the limit set by %memlimit',
  cgroup: "the container's limit",
  machine: 'the memory of the machine',
};

/** @param cell execution count of the cell that runs. */
export function growthWarning(
  { limit, bytesPerSecond, seenMs, reachesInMs }: Growth,
  cell: number | null,
): EventMap['warning'] {
  const who = cell === null ? 'The running cell' : `Cell [${cell}]`;
  const pace = `${formatBytes(bytesPerSecond)} a second over the last ${spanText(seenMs)}`;
  const text = `${who} grows steadily: ${pace} lived on after collections. At this pace it reaches ${OF[limit.kind]}, ${formatBytes(limit.limit)}, in about ${spanText(reachesInMs)}.`;
  return { kind: 'growth', text, used: limit.used, limit: limit.limit, bytesPerSecond, reachesInMs };
}

/** `40 seconds`, `6 minutes`. */
function spanText(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1_000));
  const [amount, unit] = seconds < 90 ? [seconds, 'second'] : [Math.round(seconds / 60), 'minute'];
  return `${amount} ${unit}${amount === 1 ? '' : 's'}`;
}
