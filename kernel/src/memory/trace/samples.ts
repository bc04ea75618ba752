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

/**
 * Optimised code must keep the functions of lines as frames of their own. And V8 counts what is made among old objects at
 * once in blocks of many kilobytes: objects of one line would show as bytes of another.
 */
const FLAGS = ['turbo-inlining', 'maglev-inlining', 'allocation-site-pretenuring'] as const;

/** The function that a traced line runs in, by its number. */
export const LINE_FUNCTION = /^\$hm(\d+)$/;
/** Functions of the tracing itself, as V8 names them: what they keep is not the user's. */
const OWN = new Set(['noteBuffer']);

/** The parts of the protocol that Node's declarations leave out. */
export interface ProfileNode {
  id: number;
  /** Where the function begins; line and column count from 0. */
  callFrame: { functionName: string; url: string; lineNumber?: number; columnNumber?: number };
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
    for (const flag of FLAGS) setFlagsFromString(`--no-${flag}`);
    this.ask('HeapProfiler.startSampling', { samplingInterval: interval });
  }

  /** What lives now. A collection before it takes the garbage out. */
  read(slotOf: SlotOf, isUsers: (file: string) => boolean): LiveProfile {
    return readProfile(this.profile(), this.interval, slotOf, isUsers);
  }

  /** What lives now, by stack. */
  profile(): SamplingProfile {
    return (this.ask('HeapProfiler.getSamplingProfile', {}) as { profile: SamplingProfile }).profile;
  }

  stop(): void {
    this.ask('HeapProfiler.stopSampling', {});
    for (const flag of FLAGS) setFlagsFromString(`--${flag}`);
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
  const taken = new Map<number, number[]>();
  for (const { size, nodeId } of samples) {
    const known = taken.get(nodeId);
    if (known === undefined) taken.set(nodeId, [size]);
    else known.push(size);
  }
  const countOf = objectCounter(interval);
  let elsewhere = 0;
  const visit = (node: ProfileNode, outer: number | null, users: boolean): void => {
    const { functionName, url } = node.callFrame;
    if (OWN.has(functionName)) return;
    const line = LINE_FUNCTION.exec(functionName)?.[1];
    const slot = (line === undefined ? null : slotOf(url, Number(line))) ?? outer;
    const isTheirs = users || isUsers(url);
    if (slot !== null) {
      const sum = bySlot.get(slot) ?? { bytes: 0, count: 0 };
      sum.bytes += node.selfSize;
      sum.count += countOf(taken.get(node.id) ?? [], node.selfSize);
      bySlot.set(slot, sum);
    } else if (isTheirs) elsewhere += node.selfSize;
    for (const child of node.children) visit(child, slot, isTheirs);
  };
  visit(head, null, false);
  return { bySlot, elsewhere };
}

/** Objects up to so many intervals stand for others of their size; larger ones are always sampled. */
const MOST_INTERVALS = 12;
const WORD = 8;
/** No object is smaller, bytes. */
const SMALLEST = 16;
/** Ways of reading a node's samples that are tried. */
const MOST_WAYS = 512;

/**
 * How many objects the samples of one node of a profile stand for. V8 tells bytes only: of one sample the object's size
 * times the rounded number that makes up for those not sampled, 1 / (1 - e^(-size / interval)); of a whole node the sum
 * over sizes of the size times the rounded number for all its samples of that size. Sizes are whole words, so the bytes
 * of a sample leave a few sizes, and the node's sum tells which of them it was.
 */
export function objectCounter(interval: number): (samples: readonly number[], sum: number) => number {
  const sizes = new Map<number, number[]>();
  const numberOf = (size: number, samples: number): number =>
    Math.floor(samples / (1 - Math.exp(-size / interval)) + 0.5);
  for (let size = SMALLEST; size <= interval * MOST_INTERVALS; size += WORD) {
    const bytes = size * numberOf(size, 1);
    sizes.set(bytes, [...(sizes.get(bytes) ?? []), size]);
  }
  return (samples, sum) => {
    const groups = new Map<number, number>();
    for (const bytes of samples) groups.set(bytes, (groups.get(bytes) ?? 0) + 1);
    let ways: { bytes: number; count: number }[] = [{ bytes: 0, count: 0 }];
    for (const [bytes, taken] of groups) {
      const possible = sizes.get(bytes) ?? [bytes];
      const chosen = ways.length * possible.length > MOST_WAYS ? possible.slice(0, 1) : possible;
      ways = ways.flatMap((way) =>
        chosen.map((size) => ({
          bytes: way.bytes + size * numberOf(size, taken),
          count: way.count + numberOf(size, taken),
        })),
      );
    }
    return (ways.find(({ bytes }) => bytes === sum) ?? ways[0])?.count ?? 0;
  };
}
