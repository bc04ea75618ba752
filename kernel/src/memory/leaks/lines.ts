/** Which lines made what is new: living objects of V8's sampling profile, matched with kinds of a snapshot by their sizes. */
import type { GrownKind } from '../../ipc/heap.js';
import type { RuntimeContext } from '../../runtime/context.js';
import { LINE_FUNCTION, type ProfileNode, type SamplingProfile } from '../trace/samples.js';
import { isLoop } from './loop.js';

/** A line of the user's and the living objects that it made. */
export interface AllocatingLine {
  /** `cell [3]:4`. */
  readonly place: string;
  /** Its text, where it is known. */
  readonly source: string | null;
  bytes: number;
  /** How many of each size. */
  readonly sizes: Map<number, number>;
}

/** A line made a kind when its objects are this part of the kind's, at least. */
const LEAST_SHARE = 0.2;
/** A line made everything when it made this part of all that is new. */
const PREDOMINANT = 0.7;

/**
 * Living objects by line. What packages and Node made counts for the line that called them. A function that does not tell
 * its lines counts as its first one.
 */
export function allocatingLines(
  { head, samples }: SamplingProfile,
  placeOf: RuntimeContext['placeOf'],
): AllocatingLine[] {
  const byPlace = new Map<string, AllocatingLine>();
  const byNode = new Map<number, AllocatingLine>();
  const visit = (node: ProfileNode, outer: AllocatingLine | null): void => {
    const { functionName, url, lineNumber = 0, columnNumber = 0 } = node.callFrame;
    const traced = LINE_FUNCTION.exec(functionName)?.[1];
    const place = traced === undefined ? placeOf(url, lineNumber + 1, columnNumber + 1) : placeOf(url, Number(traced));
    let line = outer;
    if (place !== null && !isLoop(place.source)) {
      const name = `${place.label}:${place.line}`;
      line = byPlace.get(name) ?? { place: name, source: place.source, bytes: 0, sizes: new Map() };
      byPlace.set(name, line);
    }
    if (line !== null) byNode.set(node.id, line);
    for (const child of node.children) visit(child, line);
  };
  visit(head, null);
  for (const { size, nodeId } of samples) {
    const line = byNode.get(nodeId);
    if (line === undefined) continue;
    line.bytes += size;
    line.sizes.set(size, (line.sizes.get(size) ?? 0) + 1);
  }
  return [...byPlace.values()].filter(({ bytes }) => bytes > 0).sort((a, b) => b.bytes - a.bytes);
}

/** The line that made most of a kind's new objects; `null` where none made a good part of them. */
export function lineOf(
  kind: Pick<GrownKind, 'sizes' | 'wholes'>,
  lines: readonly AllocatingLine[],
): AllocatingLine | null {
  const whole = bytesOf(kind.sizes);
  let best: AllocatingLine | null = null;
  let most = whole * LEAST_SHARE;
  for (const line of lines) {
    const shared = Math.max(sharedBytes(kind.sizes, line), sharedBytes(kind.wholes, line));
    if (shared > most) {
      best = line;
      most = shared;
    }
  }
  return best ?? predominant(lines);
}

/** V8 may allocate objects of several kinds at once: then no sizes agree, and a line that made nearly all made these too. */
function predominant(lines: readonly AllocatingLine[]): AllocatingLine | null {
  const [first] = lines;
  const all = lines.reduce((sum, { bytes }) => sum + bytes, 0);
  return first !== undefined && first.bytes > PREDOMINANT * all ? first : null;
}

type Sizes = readonly (readonly [size: number, count: number])[];

const bytesOf = (sizes: Sizes): number => sizes.reduce((sum, [size, count]) => sum + size * count, 0);

const sharedBytes = (sizes: Sizes, line: AllocatingLine): number =>
  sizes.reduce((sum, [size, count]) => sum + size * Math.min(count, line.sizes.get(size) ?? 0), 0);
