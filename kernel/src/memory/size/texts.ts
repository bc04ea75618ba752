/**
 * Sizes of strings. Strings have no identity and no visible layout: two equal ones may be one object or two, a long one
 * may be flat, a slice of a larger one, or a concatenation that has not been joined yet. V8 is asked which; where it does
 * not tell, and for what does not follow from it, each gets a range.
 *
 * Looking at the characters of a concatenation joins it, which takes memory: only short strings, and long ones that are
 * known to be flat, are looked at.
 */
import { charCodeAt, SafeMap, stringSlice, uncurryThis } from '../primordials.js';
import { TEXT, type Graph } from './graph.js';
import { CONS_STRING, EXTERNAL_STRING, flatString, MIN_CONS_LENGTH, SLICED_STRING } from './layout.js';
import type { Natives } from './natives.js';

/** Up to this length equal texts are told apart from different ones by their whole content. */
const WHOLE_CONTENT = 64;
/** From here a flat string stands in the large object space, whatever its width. */
const SURELY_LARGE = 300_000;
/** Characters that may be joined for one listing. */
const JOIN_ALLOWANCE = 4_000_000;
/**
 * The most that a character of a concatenation can take, by the bytes of a character: one piece a character, each with a
 * joint; pieces of one Latin-1 character are kept once for all texts.
 */
const JOINED_CHARACTER = { 1: CONS_STRING, 2: CONS_STRING + 24 } as const;
const LOOKED_AT_WHOLE = 2_000;
const SPOT_CHECKS = 512;

const byteLength = uncurryThis(Buffer.byteLength);

/** Measures strings for one walk and remembers which contents it has met. */
export class Texts {
  /** The range of the string measured last. */
  low = 0;
  likely = 0;
  high = 0;
  private readonly known = new SafeMap<string, number>();
  private allowance = JOIN_ALLOWANCE;

  constructor(
    private readonly graph: Graph,
    private readonly natives: Natives | null,
  ) {}

  /**
   * The node that stands for this content, for the lowest figure: equal texts may be one object. Negative when the node
   * is new: `~node`. The likely and the highest size are the holder's own, once for each reference, and left in
   * {@link likely} and {@link high}; strings the engine keeps once (literals, names) belong to the node alone.
   */
  meet(text: string): number {
    const key = this.keyOf(text);
    const found = this.known.get(key);
    this.measure(text);
    const once = this.natives !== null && text.length <= WHOLE_CONTENT && this.natives.internalized(text);
    if (found !== undefined) {
      if (once) this.likely = this.high = 0;
      return found;
    }
    const node = this.graph.add(this.low, once ? this.likely : 0, once ? this.high : 0, TEXT);
    if (once) this.likely = this.high = 0;
    this.known.set(key, node);
    return ~node;
  }

  /** Leaves the range of a string in {@link low}, {@link likely} and {@link high}. */
  measure(text: string): void {
    const length = text.length;
    if (length <= 1) {
      this.set(0, length === 0 || charCodeAt(text, 0) < 256 ? 0 : 24, length === 0 ? 0 : 24);
      return;
    }
    const kind = this.natives?.textKind(text) ?? null;
    if (kind === null) {
      this.measureUnknown(text, length);
      return;
    }
    const flat = flatString(length, kind.width);
    if (kind.form === 'flat') this.set(flat, flat, flat);
    // What a slice refers to may be as large as it likes.
    else if (kind.form === 'slice') this.set(SLICED_STRING, flat, Infinity);
    // Of pieces, each with a joint; or read since, and joined into a flat one that is still behind its joint.
    else this.set(CONS_STRING, flat + CONS_STRING / 2, CONS_STRING + length * JOINED_CHARACTER[kind.width]);
  }

  /** A form that V8 does not tell, or a V8 that cannot be asked. */
  private measureUnknown(text: string, length: number): void {
    if (length < MIN_CONS_LENGTH) {
      const flat = flatString(length, widthOf(text));
      this.set(flat, flat, flat);
    } else if (length >= SURELY_LARGE) {
      this.measureLong(text, length);
    } else if (length > this.allowance) {
      this.set(CONS_STRING, flatString(length, 1), Infinity);
    } else {
      if (length > LOOKED_AT_WHOLE) this.allowance -= length;
      const flat = flatString(length, widthOf(text));
      const once = this.natives?.internalized(text) ?? false;
      // Built of many pieces, or a slice that keeps a larger text: nobody can tell, so there is no upper bound.
      this.set(once ? flat : Math.min(flat, CONS_STRING), flat, once ? flat : Infinity);
    }
  }

  private measureLong(text: string, length: number): void {
    if (this.natives?.inLargeObjectSpace(text) === true) {
      const width = spotWidth(text);
      const flat = flatString(length, width);
      this.set(flat, flat, width === 1 && length > SURELY_LARGE * 10 ? flatString(length, 2) : flat);
      return;
    }
    this.set(EXTERNAL_STRING, flatString(length, 1) + EXTERNAL_STRING, Infinity);
  }

  private set(low: number, likely: number, high: number): void {
    this.low = low;
    this.likely = likely;
    this.high = high;
  }

  /** Equal keys: the texts may be one object. Different keys: they are two. */
  private keyOf(text: string): string {
    const length = text.length;
    if (length <= WHOLE_CONTENT) return text;
    if (this.natives?.textKind(text)?.form === 'joined') return `\u0000${length}`;
    if (length >= SURELY_LARGE && this.natives?.inLargeObjectSpace(text) !== true) return `\u0000${length}`;
    if (length > this.allowance) return `\u0000${length}`;
    return `\u0000${length}\u0000${stringSlice(text, 0, 24)}${stringSlice(text, -24)}`;
  }
}

/** 1 or 2 bytes a character: V8 uses 2 as soon as one is beyond Latin-1. */
function widthOf(text: string): 1 | 2 {
  const length = text.length;
  if (length > 32) {
    const encoded = byteLength(null, text);
    if (encoded === length) return 1;
    if (encoded > 2 * length) return 2;
  }
  for (let i = 0; i < length; i++) if (charCodeAt(text, i) > 0xff) return 2;
  return 1;
}

function spotWidth(text: string): 1 | 2 {
  const length = text.length;
  if (length <= SURELY_LARGE * 10) return widthOf(text);
  const step = Math.floor(length / SPOT_CHECKS);
  for (let i = 0; i < length; i += step) if (charCodeAt(text, i) > 0xff) return 2;
  return 1;
}
