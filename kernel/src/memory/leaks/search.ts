/**
 * Measures whether iterations leave memory behind: some to warm up, then groups with a reading after each, more where it
 * is not clear yet.
 */
import type { Footing, LeakProbes } from './probes.js';
import { Runner, type Ended, type RunnerOptions } from './run.js';
import { READING_NOISE } from '../reading.js';
import { withoutShared } from '../usage.js';
import { LEAST_POINTS, type Point } from './slope.js';
import { trendOf, type Trend } from './trend.js';

/** Iterations before the first reading: V8 compiles, and what is made once is made. */
const WARMUP = 200;
/** Of the iterations asked for, at most. */
const WARMUP_SHARE = 0.1;
/** Warming up ends after so long, ms. */
const WARMUP_MS = 1_000;
/** And after this part of the whole time. */
const WARMUP_TIME = 0.2;
/** And when so much of the room is taken. */
const WARMUP_ROOM = 0.1;
/** So much of it is no matter. */
const LITTLE_ROOM = 0.02;

/** Iterations, when their number is not given: for about so long, ms, and no fewer and no more than these. */
const MEASURED_MS = 1_000;
const LEAST_ITERATIONS = 200;
const MOST_ITERATIONS = 20_000;
/** Times that they are doubled as long as nothing is clear. */
const MOST_DOUBLINGS = 2;
/** Groups run anew by which a leak is confirmed, as a part of all. */
const CONFIRMING = 0.25;

/** Readings, and the part of the whole time that they should take at most. */
const LEAST_GROUPS = 8;
const MOST_GROUPS = 20;
const READING_SHARE = 0.12;
/** Groups differ in length, as a part of it: what happens every so many iterations never falls together with them. */
const JITTER = 0.4;
const GOLDEN = 0.618034;

/** A reading that is so much higher than expected is taken again, so often; two that differ by less agree, bytes. */
const ODD = READING_NOISE;
const MOST_LOOKS = 4;
const SAME = 512;
/** Groups whose growth tells what to expect. */
const LEAST_RATES = 3;

/** Part of the room, and of the time, that the iterations of the plan may take. */
const PLANNED_ROOM = 0.6;
const PLANNED_TIME = 0.6;

/** V8 makes so much for code that runs for the first time and becomes hot, bytes: feedback, tables. */
const HEAP_NOISE = 1.5 * READING_NOISE;
/** Resident memory outside of V8 moves by so much without a leak, bytes. */
const NATIVE_NOISE = 12e6;
const TENSOR_NOISE = 4_096;

export interface SearchOptions {
  /** Iterations that are measured; as many as it takes when absent. */
  readonly iterations?: number;
  readonly warmup?: number;
}

/** Memory after so many iterations. */
interface Reading {
  readonly at: number;
  readonly footing: Footing;
}

/** Memory by kind as it has changed since the first reading. */
export const SERIES = ['heap', 'arrayBuffers', 'otherExternal', 'tensors', 'native'] as const;
export type SeriesName = (typeof SERIES)[number];

/** What is known so far; asked at any moment. */
export interface Findings {
  readonly warmup: number;
  /** Measured. */
  readonly iterations: number;
  readonly planned: number;
  readonly ended: Ended;
  /** Of what is in JavaScript's memory. */
  readonly trend: Trend;
  readonly byKind: Readonly<Record<SeriesName, Trend>>;
}

export class LeakSearch {
  readonly runner: Runner;
  private readonly readings: Reading[] = [];
  private planned = 0;
  private warmup = 0;
  private ended: Ended = null;
  /** Iterations when the measuring was over: later ones explain. */
  private over: number | null = null;
  /** What the plan is short of, where it is shorter than wished. */
  private shortOf: Ended = null;

  constructor(
    iterate: ConstructorParameters<typeof Runner>[0],
    private readonly options: SearchOptions,
    private readonly run: RunnerOptions,
  ) {
    this.runner = new Runner(iterate, run);
  }

  get probes(): LeakProbes {
    return this.run.probes;
  }

  /** Iterations in all as planned now, the warm-up too. */
  get total(): number {
    return this.warmup + this.planned;
  }

  async measure(): Promise<void> {
    await this.measureAll();
    this.over = this.runner.done;
  }

  private async measureAll(): Promise<void> {
    const grew = await this.warm();
    if (this.ended !== null) return;
    const began = this.probes.now();
    await this.read();
    const readingMs = this.probes.now() - began;
    this.planned = this.plan(grew);
    const wanted = this.options.iterations ?? 0;
    const spentMs = this.planned * this.runner.eachMs;
    const groups = clamp(Math.round((READING_SHARE * spentMs) / readingMs), LEAST_GROUPS, MOST_GROUPS);
    await this.groups(this.planned, Math.min(groups, this.planned));
    if (this.planned < wanted) this.ended ??= this.shortOf;
    this.planned = Math.max(this.planned, wanted);
    await this.untilClear(groups);
  }

  findings(): Findings {
    const { readings } = this;
    const series = (value: (footing: Footing) => number | null): Point[] =>
      readings.flatMap(({ at, footing }) => {
        const bytes = value(footing);
        return bytes === null ? [] : [{ at, bytes }];
      });
    const first = readings[0]?.footing;
    const outside = (footing: Footing): number =>
      first === undefined
        ? 0
        : (withoutShared(footing.arrayBuffers - first.arrayBuffers, footing.otherExternal - first.otherExternal) ?? 0);
    const trend = (value: (footing: Footing) => number | null, noise: number): Trend => trendOf(series(value), noise);
    return {
      warmup: this.warmup,
      iterations: this.measured,
      planned: this.planned,
      ended: this.ended,
      trend: trend((footing) => footing.heap + footing.arrayBuffers + outside(footing), HEAP_NOISE),
      byKind: {
        heap: trend(({ heap }) => heap, HEAP_NOISE),
        arrayBuffers: trend(({ arrayBuffers }) => arrayBuffers, READING_NOISE),
        otherExternal: trend(outside, READING_NOISE),
        tensors: trend(({ tensors }) => tensors, TENSOR_NOISE),
        native: trend(({ native }) => native, NATIVE_NOISE),
      },
    };
  }

  private get measured(): number {
    return Math.max(0, (this.over ?? this.runner.done) - this.warmup);
  }

  /** Gives the bytes that an iteration seems to leave behind. */
  private async warm(): Promise<number> {
    const { options, runner, probes } = this;
    const wanted = options.warmup ?? Math.min(WARMUP, Math.ceil((options.iterations ?? Infinity) * WARMUP_SHARE));
    const began = probes.now();
    const room = runner.left;
    const until = began + Math.min(WARMUP_MS, WARMUP_TIME * (runner.until - began));
    /** What is in use beyond the beginning, of which garbage is taken out where it seems much. */
    const taken = async (worthwhile: number): Promise<number> => {
      if (room - runner.left > worthwhile) await probes.settle();
      return room - runner.left;
    };
    for (let size = 1; runner.done < wanted && this.ended === null; size *= 2) {
      this.ended = await runner.run(Math.min(size, wanted - runner.done));
      this.warmup = runner.done;
      if (options.warmup === undefined && probes.now() > until) break;
      if ((await taken(room * WARMUP_ROOM)) > room * WARMUP_ROOM) break;
    }
    const grew = await taken(room * LITTLE_ROOM);
    return grew < room * LITTLE_ROOM ? 0 : grew / Math.max(1, runner.done);
  }

  private plan(grew: number): number {
    const { options, runner, probes } = this;
    const eachMs = Math.max(runner.eachMs, 1e-6);
    const wanted = clamp(Math.round(MEASURED_MS / eachMs), LEAST_ITERATIONS, MOST_ITERATIONS);
    const inTime = Math.max(LEAST_POINTS, Math.floor(((runner.until - probes.now()) * PLANNED_TIME) / eachMs));
    const inMemory = grew === 0 ? Infinity : Math.max(LEAST_POINTS, Math.floor((runner.left * PLANNED_ROOM) / grew));
    this.shortOf = inMemory < inTime ? 'memory' : 'time';
    return Math.min(options.iterations ?? wanted, inTime, inMemory);
  }

  /** So many more iterations, with so many readings. */
  private async groups(iterations: number, groups: number): Promise<void> {
    const start = this.runner.done;
    for (let group = 1; group <= groups && this.ended === null; group++) {
      const shift = group === groups ? 0 : JITTER * (((group * GOLDEN) % 1) - 0.5);
      const end = start + Math.round((iterations * (group + shift)) / groups);
      this.ended = await this.runner.run(end - this.runner.done);
      await this.read();
    }
  }

  /**
   * V8 now and then has up to some hundred kB more for a moment: what is higher than the readings so far let expect is
   * read again, and the lowest counts.
   */
  private async read(): Promise<void> {
    const at = this.runner.done;
    const usual = this.expected(at);
    let footing = await this.probes.settle();
    for (let look = 0; look < MOST_LOOKS && inAll(footing) > usual + ODD; look++) {
      const again = this.probes.again();
      const change = inAll(again) - inAll(footing);
      if (change < 0) footing = again;
      else if (change < SAME) break;
    }
    this.readings.push({ at, footing });
  }

  /** What memory should be after so many iterations, by the readings so far; nothing where there are too few. */
  private expected(at: number): number {
    const last = this.readings.at(-1);
    if (last === undefined) return -Infinity;
    const rates = this.readings.slice(1).map((reading, index) => {
      const before = this.readings[index] as Reading;
      return (inAll(reading.footing) - inAll(before.footing)) / Math.max(1, reading.at - before.at);
    });
    const rate = rates.length < LEAST_RATES ? 0 : (rates.sort((a, b) => a - b)[rates.length >> 1] as number);
    return inAll(last.footing) + Math.max(0, rate) * (at - last.at);
  }

  /** Where the number is not given, more iterations where they tell more; a leak must go on in some that come later. */
  private async untilClear(groups: number): Promise<void> {
    if (this.options.iterations !== undefined) return;
    let confirmed = false;
    for (let doublings = 0; this.ended === null;) {
      const findings = this.findings();
      if (leaks(findings) && !confirmed) {
        confirmed = true;
        await this.more(Math.ceil(this.planned * CONFIRMING), Math.max(3, Math.ceil(groups * CONFIRMING)));
      } else if (this.isOpen(findings) && doublings < MOST_DOUBLINGS) {
        confirmed = false;
        doublings++;
        await this.more(this.measured, groups);
      } else return;
    }
  }

  /** Whether more iterations would tell more. */
  private isOpen({ trend, byKind }: Findings): boolean {
    const slows = [trend, byKind.tensors, byKind.native].some(({ state }) => state === 'slowing');
    return slows || (trend.state === 'unclear' && this.hasTime(this.measured));
  }

  private hasTime(iterations: number): boolean {
    return this.probes.now() + iterations * this.runner.eachMs < this.runner.until;
  }

  private async more(iterations: number, groups: number): Promise<void> {
    this.planned += iterations;
    await this.groups(iterations, groups);
  }
}

/** Whether any kind of memory leaks. */
export const leaks = ({ trend, byKind }: Pick<Findings, 'trend' | 'byKind'>): boolean =>
  [trend, byKind.tensors, byKind.native].some(({ state }) => state === 'grows');

const inAll = ({ heap, arrayBuffers, otherExternal }: Footing): number => heap + arrayBuffers + otherExternal;
const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));
