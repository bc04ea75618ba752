/**
 * Reads values into a {@link Graph}: iterative, in slices of time, without running any code of the user.
 *
 * Objects are read once, whoever reaches them. Containers of more than a few members are read in a scattered order, so
 * that what was read when the time is over is a fair sample of the rest.
 */
import {
  arrayBufferByteLength,
  bigintToString,
  isProxy,
  isSharedArrayBuffer,
  SafeMap,
  sharedByteLength,
  symbolDescription,
} from '../primordials.js';
import { Graph, UNREAD, UNWALKABLE, VIEW } from './graph.js';
import { bigint, HEAP_NUMBER, isSmi, SYMBOL } from './layout.js';
import type { Members } from './members.js';
import type { Natives } from './natives.js';
import { PlainSizes } from './plain-size.js';
import { readObject } from './read.js';
import { SampleLog, type Sample } from './sampling.js';
import { Shapes } from './shapes.js';
import { Texts } from './texts.js';

/** Objects between two looks at the clock. */
const READS_A_LOOK = 16;
/** Members drawn from one container before the next one's turn. */
const DRAWS_A_TURN = 16;
/** Up to this size a container is read whole, if time allows; larger ones are sampled. */
const READ_WHOLE = 30_000;
/** A sample of so many members tells about as much as the whole. */
const ENOUGH_DRAWS = 8_000;
const wantedDraws = (size: number): number => (size <= READ_WHOLE ? size : ENOUGH_DRAWS);
const DEEPEST_GROUP = 8;
/** Small typed arrays that one walk may ask for their buffer in vain, see {@link Walker.mayAskForBuffer}. */
const BUFFERS_ASKED = 200;

/** A container that is waiting to be drawn from. */
interface Open {
  readonly owner: number;
  readonly sample: Sample;
  readonly members: Members;
  readonly group: number;
}

/** What is left of a reading's stack between two slices. */
interface Saved {
  readonly values: object[];
  readonly nodes: number[];
  readonly groups: number[];
}

/** The reading of one root: what is still to do, kept between slices. */
export class Reading {
  saved: Saved | null = null;
  open: Open[] | null = null;
  turn = 0;
  drawsThisTurn = 0;
  owner = 0;
  draw = 0;
  /** The value it began with. */
  root: unknown = undefined;
}

let plainSizes: PlainSizes | undefined;

/** A view and the buffer it keeps, bytes. */
export interface Pin {
  readonly bytes: number;
  readonly whole: number;
  /** Node of the buffer. */
  readonly buffer: number;
}

/** A pooled Buffer (8 kB pools) is no alarm, nor is a view of a good part. */
const PINNING_BYTES = 65_536;
const PINNING_RATIO = 4;

/** One walk over any number of roots. */
export class Walker {
  readonly graph = new Graph();
  readonly log = new SampleLog();
  readonly shapes: Shapes;
  readonly texts: Texts;
  private readonly ids = new SafeMap<object, number>();
  private readonly symbols = new SafeMap<symbol, number>();
  private readonly groups = new SafeMap<number, number>();
  private groupCount = 0;
  private draws = 0;
  /** Views that keep a much larger buffer, by their node. */
  readonly pins = new SafeMap<number, Pin>();
  /** Bytes of the widest view met, by the node of its buffer. */
  readonly widestViews = new SafeMap<number, number>();
  private buffersToAsk = BUFFERS_ASKED;
  private reading: Reading = new Reading();
  /** A reading that is over and held nothing: most values need one for a moment only. */
  private spare: Reading | null = null;
  /** What the current reading has met and not read yet. */
  private readonly values: object[] = [];
  private readonly nodes: number[] = [];
  private readonly nodeGroups: number[] = [];
  private depth = 0;
  private group = 0;
  private label = 0;
  reads = 0;

  constructor(
    readonly engine: Natives | null,
    private readonly now: () => number,
    /** Scatters samples; one number a walk, so that equal containers are read at the same places. */
    readonly seed: number,
    /** Objects that belong to the language or to the kernel, not to the user. */
    private readonly outside: (value: object) => boolean,
  ) {
    plainSizes ??= new PlainSizes(engine);
    plainSizes.allow(100);
    this.shapes = new Shapes(engine, plainSizes);
    this.texts = new Texts(this.graph, engine);
  }

  /** Starts with a value and gives its node. What it has to read, {@link run} reads as {@link current}. */
  begin(value: unknown): number {
    const root = this.graph.add(0, 0, 0);
    this.reading = this.spare ?? new Reading();
    this.spare = null;
    this.group = 0;
    this.reading.root = value;
    this.reach(root, value);
    if (this.depth === 0) this.spare = this.reading;
    return root;
  }

  /** The reading of the value that was begun last. */
  get current(): Reading {
    return this.reading;
  }

  /** The node of an object that was met, or -1. */
  nodeOf(value: object): number {
    return this.ids.get(value) ?? -1;
  }

  /** Reads on until all is read or the time is over; `true` when there is nothing left that is worth reading. */
  run(reading: Reading, until: number, mostReads = Infinity): boolean {
    this.reading = reading;
    this.restore(reading);
    const stopAt = this.reads + mostReads;
    for (let draws = 1; ; draws++) {
      // A member is read before the next is drawn, so that what it reaches is known as its own.
      const late =
        !this.drain(until, stopAt) || (draws % READS_A_LOOK === 0 && (this.reads >= stopAt || this.now() >= until));
      if (late) {
        this.save(reading);
        return false;
      }
      if (!this.drawOne(reading)) {
        this.spare = reading.open === null ? reading : null;
        return true;
      }
    }
  }

  private drain(until: number, stopAt: number): boolean {
    let look = READS_A_LOOK;
    while (this.depth > 0) {
      if (--look === 0) {
        if (this.reads >= stopAt || this.now() >= until) return false;
        look = READS_A_LOOK;
      }
      const top = --this.depth;
      const value = this.values[top] as object;
      this.values[top] = NOTHING;
      const node = this.nodes[top] as number;
      this.group = this.nodeGroups[top] as number;
      this.label = 0;
      this.graph.unflag(node, UNREAD);
      this.reads++;
      readObject(this, node, value);
    }
    return true;
  }

  private save(reading: Reading): void {
    const { depth } = this;
    const saved: Saved = { values: [], nodes: [], groups: [] };
    for (let i = 0; i < depth; i++) {
      saved.values[i] = this.values[i] as object;
      saved.nodes[i] = this.nodes[i] as number;
      saved.groups[i] = this.nodeGroups[i] as number;
      this.values[i] = NOTHING;
    }
    this.depth = 0;
    reading.saved = saved;
  }

  private restore(reading: Reading): void {
    const { saved } = reading;
    if (saved === null) return;
    this.depth = saved.values.length;
    for (let i = 0; i < this.depth; i++) {
      this.values[i] = saved.values[i] as object;
      this.nodes[i] = saved.nodes[i] as number;
      this.nodeGroups[i] = saved.groups[i] as number;
    }
    reading.saved = null;
  }

  /** Draws a member of an open container; `false` when no container has members left to draw. */
  private drawOne(reading: Reading): boolean {
    const { open } = reading;
    if (open === null) return false;
    for (let tried = 0; tried <= open.length; tried++) {
      if (reading.turn >= open.length) reading.turn = 0;
      const container = open[reading.turn];
      if (container === undefined) return false;
      const { sample } = container;
      if (sample.taken >= wantedDraws(sample.size) || reading.drawsThisTurn >= DRAWS_A_TURN) {
        reading.turn++;
        reading.drawsThisTurn = 0;
        continue;
      }
      reading.drawsThisTurn++;
      reading.owner = container.owner;
      reading.draw = ++this.draws;
      this.group = container.group;
      this.label = 0;
      sample.taken++;
      if (!container.members.draw(this, sample.node)) sample.taken = sample.size;
      this.reads++;
      return true;
    }
    return false;
  }

  /** A container with members to draw: its own node counts them all. */
  openContainer(node: number, members: Members): void {
    const owner = this.log.open(node, members.size);
    const open = (this.reading.open ??= []);
    open[open.length] = { owner, sample: this.log.samples[owner - 1] as Sample, members, group: ++this.groupCount };
  }

  /** The next value that {@link reach} gets hangs at another place of its holder. */
  place(label: number): void {
    this.label = label;
  }

  /** A part of a node: an edge where it has identity, else bytes of its own. */
  reach(node: number, value: unknown): void {
    switch (typeof value) {
      case 'number':
        if (!isSmi(value)) this.primitive(node, HEAP_NUMBER, HEAP_NUMBER, HEAP_NUMBER);
        return;
      case 'string':
        this.reachText(node, value);
        return;
      case 'bigint': {
        const bytes = bigint(bitsOf(value));
        this.primitive(node, bytes, bytes, bytes);
        return;
      }
      case 'symbol':
        this.reachSymbol(node, value);
        return;
      case 'object':
      case 'function':
        if (value !== null) this.reachObject(node, value);
        return;
      default:
    }
  }

  reachObject(node: number, value: object): void {
    const known = this.ids.get(value);
    if (known !== undefined) {
      this.graph.link(node, known);
      this.log.again(known, this.reading.draw);
      return;
    }
    if (!isProxy(value) && this.outside(value)) return;
    const reading = this.reading;
    const id = this.graph.add(0, 0, 0, UNREAD);
    this.ids.set(value, id);
    this.graph.link(node, id);
    const group = this.subgroup();
    this.log.begin(id, reading.owner, reading.draw, group);
    const top = this.depth++;
    this.values[top] = value;
    this.nodes[top] = id;
    this.nodeGroups[top] = group;
  }

  /** Whether the value begun last has anything to read. */
  get pending(): boolean {
    return this.depth > 0;
  }

  /**
   * Whether a typed array of up to 64 bytes at offset 0 is asked for its buffer. It may be a view of a large one; if it
   * is not, asking moves its data out of the heap for good, which takes about 150 bytes: so only variables themselves
   * are always asked, and of the rest as many as it takes to tell.
   */
  mayAskForBuffer(value: object): boolean {
    return value === this.reading.root || this.buffersToAsk > 0;
  }

  /** The answer was no: it is not a view of anything larger. */
  askedInVain(): void {
    this.buffersToAsk--;
  }

  /** A view of `bytes` was read; notes it when its buffer is so much larger that keeping the view keeps a lot. */
  view(node: number, bytes: number, buffer: ArrayBufferLike): void {
    this.reachObject(node, buffer);
    const whole = isSharedArrayBuffer(buffer) ? sharedByteLength(buffer) : arrayBufferByteLength(buffer);
    const id = this.nodeOf(buffer);
    if (bytes > (this.widestViews.get(id) ?? 0)) this.widestViews.set(id, bytes);
    if (whole <= PINNING_BYTES || whole <= bytes * PINNING_RATIO) return;
    this.graph.flag(node, VIEW);
    this.pins.set(node, { bytes, whole, buffer: id });
  }

  unwalkable(node: number): void {
    this.graph.flag(node, UNWALKABLE);
  }

  private reachText(node: number, text: string): void {
    const { texts, graph, log, reading } = this;
    const met = texts.meet(text);
    const id = met < 0 ? ~met : met;
    const { likely, high } = texts;
    graph.link(node, id);
    if (met < 0) log.begin(id, reading.owner, reading.draw, this.subgroup());
    else log.again(id, reading.draw);
    if (likely > 0 || high > 0) this.primitive(node, 0, likely, high);
    const sample = this.sampleOf(node);
    if (sample !== null) sample.sameText = sample.sameText === undefined || sample.sameText === text ? text : null;
  }

  private reachSymbol(node: number, value: symbol): void {
    const known = this.symbols.get(value);
    if (known !== undefined) {
      this.graph.link(node, known);
      return;
    }
    const id = this.graph.add(SYMBOL, SYMBOL, SYMBOL);
    this.symbols.set(value, id);
    this.graph.link(node, id);
    this.log.begin(id, this.reading.owner, this.reading.draw, this.subgroup());
    const description = symbolDescription(value);
    if (description !== undefined) this.reachText(id, description);
  }

  private primitive(node: number, low: number, likely: number, high: number): void {
    this.graph.grow(node, low, likely, high);
    const sample = this.sampleOf(node);
    if (sample === null) return;
    sample.primitiveLikely += likely;
    sample.primitiveSquares += likely * likely;
    sample.primitiveHigh += high;
  }

  /** The container whose member is being drawn, when `node` is that container. */
  private sampleOf(node: number): Sample | null {
    const owner = this.reading.owner;
    if (owner === 0) return null;
    const sample = this.log.samples[owner - 1] as Sample;
    return sample.node === node ? sample : null;
  }

  private subgroup(): number {
    const owner = this.reading.owner;
    if (owner === 0) return 0;
    const key = this.group * 64 + Math.min(this.label, 63);
    let group = this.groups.get(key);
    if (group === undefined) {
      // Deep structures (a list in each member) would make a group a level.
      group = this.depthOf(this.group) >= DEEPEST_GROUP ? this.group : ++this.groupCount;
      this.groups.set(key, group);
      this.depths[group] ??= this.depthOf(this.group) + 1;
    }
    return group;
  }

  private readonly depths: number[] = [];
  private depthOf(group: number): number {
    return this.depths[group] ?? 0;
  }
}

const NOTHING: object = {};

/** Bits of a BigInt's magnitude. */
function bitsOf(value: bigint): number {
  const digits = bigintToString(value, 16).length - (value < 0n ? 1 : 0);
  return value === 0n ? 0 : digits * 4;
}
