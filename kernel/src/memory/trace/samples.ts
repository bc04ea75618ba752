/**
 * Living objects by the line that made them: V8's sampling heap profiler
 * (https://chromedevtools.github.io/devtools-protocol/tot/HeapProfiler/#method-startSampling), whose stacks show the small
 * functions that traced lines run in.
 */
import { Session } from 'node:inspector';
import { setFlagsFromString } from 'node:v8';

/** What lives, of one line or of none. */
export interface LiveObjects {
  bytes: number;
  count: number;
}

export interface LiveProfile {
  bySlot: Map<number, LiveObjects>;
  /** Made by the user's code while no traced line ran. */
  elsewhere: number;
}

/** Reads stacks: which slot a function of that name in that file is. */
export type SlotOf = (file: string, line: number) => number | null;

/** Optimised code must keep the functions of lines as frames of their own. */
const INLINING = ['--no-turbo-inlining', '--no-maglev-inlining'] as const;
const INLINING_AGAIN = ['--turbo-inlining', '--maglev-inlining'] as const;

const LINE_FUNCTION = /^\$hm(\d+)$/;
/** Functions of the tracing itself, as V8 names them: what they keep is not the user's. */
const OWN = new Set(['noteBuffer']);

/** The parts of the protocol that Node's declarations leave out. */
interface ProfileNode {
  id: number;
  callFrame: { functionName: string; url: string };
  selfSize: number;
  children: ProfileNode[];
}

export interface SamplingProfile {
  head: ProfileNode;
  /** Bytes that each sample stands for. */
  samples: { size: number; nodeId: number }[];
}

export class LiveSampling {
  private readonly session = new Session();

  /** @param interval mean number of bytes between two samples; 1 takes each object. */
  constructor(readonly interval: number) {
    this.session.connect();
    for (const flag of INLINING) setFlagsFromString(flag);
    this.ask('HeapProfiler.startSampling', { samplingInterval: interval });
  }

  /** What lives now. A collection before it takes the garbage out. */
  read(slotOf: SlotOf, isUsers: (file: string) => boolean): LiveProfile {
    const { profile } = this.ask('HeapProfiler.getSamplingProfile', {}) as { profile: SamplingProfile };
    return readProfile(profile, this.interval, slotOf, isUsers);
  }

  stop(): void {
    this.ask('HeapProfiler.stopSampling', {});
    for (const flag of INLINING_AGAIN) setFlagsFromString(flag);
    this.session.disconnect();
  }

  /** A session on the thread it runs in answers at once. */
  private ask(method: string, params: object): unknown {
    let failure: Error | null = null;
    let answer: unknown = null;
    this.session.post(method, params, (error, result) => {
      failure = error;
      answer = result;
    });
    if (failure !== null) throw failure as Error;
    return answer;
  }
}

/** Sums a profile up by line: what has no line of its own counts for the line that called it. */
export function readProfile(
  { head, samples }: SamplingProfile,
  interval: number,
  slotOf: SlotOf,
  isUsers: (file: string) => boolean,
): LiveProfile {
  const bySlot = new Map<number, LiveObjects>();
  const slots = new Map<number, number>();
  let elsewhere = 0;
  const visit = (node: ProfileNode, outer: number | null, users: boolean): void => {
    const { functionName, url } = node.callFrame;
    if (OWN.has(functionName)) return;
    const line = LINE_FUNCTION.exec(functionName)?.[1];
    const slot = (line === undefined ? null : slotOf(url, Number(line))) ?? outer;
    const isTheirs = users || isUsers(url);
    if (slot !== null) {
      slots.set(node.id, slot);
      const sum = bySlot.get(slot) ?? { bytes: 0, count: 0 };
      sum.bytes += node.selfSize;
      bySlot.set(slot, sum);
    } else if (isTheirs) elsewhere += node.selfSize;
    for (const child of node.children) visit(child, slot, isTheirs);
  };
  visit(head, null, false);
  const countOf = countsBySize(interval);
  for (const { size, nodeId } of samples) {
    const slot = slots.get(nodeId);
    const sum = slot === undefined ? undefined : bySlot.get(slot);
    if (sum !== undefined) sum.count += countOf(size);
  }
  for (const sum of bySlot.values()) sum.count = Math.round(sum.count);
  return { bySlot, elsewhere };
}

/** Objects up to so many intervals stand for others of their size; larger ones are always sampled. */
const MOST_INTERVALS = 12;
const WORD = 8;
/** No object is smaller, bytes. */
const SMALLEST = 16;

/**
 * How many objects a sample stands for. V8 tells the bytes only: the object's size times the number that makes up for
 * those not sampled, 1 / (1 - e^(-size / interval)). Sizes are whole words, so the bytes tell which size it was.
 */
export function countsBySize(interval: number): (bytes: number) => number {
  const counts = new Map<number, number>();
  for (let size = SMALLEST; size <= interval * MOST_INTERVALS; size += WORD) {
    const count = Math.round(1 / (1 - Math.exp(-size / interval)));
    // Of two sizes that give the same bytes the smaller is by far the commoner.
    if (!counts.has(size * count)) counts.set(size * count, count);
  }
  return (bytes) => counts.get(bytes) ?? 1;
}
