/** Traces which line allocates what: `%%memtrace` and `memtrace`. */
import type { CellRef, MemtraceComparison, MemtraceLine, MemtraceRecord } from '@heapmark/protocol';
import type { LineTracer } from '../../ipc/cell.js';
import { MagicError, type TracedCode } from '../../runtime/context.js';
import { heapCounters, watchCollections, type CollectionWatch } from '../peak/collections.js';
import { isBuffer, LiveBuffers } from './buffers.js';
import { LineCounter, type CountingProbes } from './lines.js';
import { LiveSampling } from './samples.js';

/** Bytes between two samples of living objects. */
export const DEFAULT_INTERVAL = 8192;

export interface TraceOptions {
  /** Mean number of bytes between two samples of living objects; 1 samples each. */
  interval?: number;
}

/** What tracing needs of the process. */
export interface TraceProbes extends Pick<CountingProbes, 'now'> {
  /** Collects fully. */
  collect(): Promise<unknown>;
  /** Resolves in a later macrotask. */
  macrotask(): Promise<void>;
}

interface TracedFile extends Omit<TracedCode, 'body'> {
  /** Slot of its line 0. */
  readonly base: number;
  readonly lines: readonly string[];
}

/** Tracing that is on. */
interface Session {
  readonly counter: LineCounter;
  readonly watch: CollectionWatch;
  readonly samples: LiveSampling;
  readonly buffers: LiveBuffers;
  readonly began: number;
  /** Keeps V8's names of the files alive. */
  readonly bodies: object[];
  /** Ends with the cell that began it. */
  readonly ofCell: boolean;
}

/** Lines of a file whose text is not kept, for their slots. */
const UNKNOWN_LINES = 20_000;

export class Tracer {
  private readonly files: TracedFile[] = [];
  /** Slot 0 is no line's. */
  private slots = 0;
  private session: Session | null = null;

  constructor(private readonly probes: TraceProbes) {}

  get running(): boolean {
    return this.session !== null;
  }

  /** Begins. Throws {@link MagicError} when tracing is on. */
  start({ interval = DEFAULT_INTERVAL }: TraceOptions = {}, ofCell = false): void {
    if (this.session !== null)
      throw new MagicError('Memory is being traced already: await memtrace.stop() ends that first.');
    if (!Number.isInteger(interval) || interval < 1)
      throw new MagicError('The interval of memtrace is a whole number of bytes, 1 or more.');
    const watch = watchCollections();
    watch.begin();
    const counter = new LineCounter({ ...this.probes, heap: heapCounters }, watch);
    counter.grow(this.slots);
    const samples = new LiveSampling(interval);
    const buffers = new LiveBuffers(() => heapCounters().external);
    this.session = { counter, watch, samples, buffers, began: this.probes.now(), bodies: [], ofCell };
  }

  /** What was allocated until now. Collects first. Throws {@link MagicError} when tracing is off. */
  async snapshot(top?: number): Promise<MemtraceRecord> {
    const session = this.needed('snapshot');
    session.counter.unwind();
    await this.probes.collect();
    // Finalisers of the collection run in tasks of their own.
    await this.probes.macrotask();
    await this.probes.macrotask();
    return this.record(session, top);
  }

  /** Ends tracing and gives the last snapshot. Throws {@link MagicError} when it is off. */
  async stop(top?: number): Promise<MemtraceRecord> {
    this.needed('stop');
    const record = await this.snapshot(top);
    this.end();
    return record;
  }

  /** Ends tracing, if it is on, without a word. */
  end(): void {
    const { session } = this;
    this.session = null;
    session?.samples.stop();
    session?.watch.end();
  }

  /** A cell is over, in whatever way: a line that was stopped runs no longer. */
  cellEnded(): void {
    if (this.session?.ofCell === true) this.end();
    else this.session?.counter.unwind();
  }

  /** The tracer of code that is about to run. */
  trace(code: TracedCode): LineTracer {
    const file = this.add(code);
    const slotOf = (line: number): number => file.base + line;
    const noteBuffer = (session: Session, value: object, slot: number): void => {
      // Lines that make buffers are measured every time: in a stretch of many runs only a buffer itself is looked for.
      if (session.counter.counting && !isBuffer(value)) return;
      session.counter.pause();
      const buffers = session.buffers.unknown(value);
      if (buffers.length > 0) session.buffers.note(buffers, slot);
      session.counter.resume();
    };
    return {
      pre: (line) => {
        this.session?.counter.pause();
        return line;
      },
      line: (line, run) => {
        const { session } = this;
        if (session === null) return run();
        const outer = session.counter.enter(slotOf(line));
        try {
          const value = run();
          if (typeof value === 'object' && value !== null) noteBuffer(session, value, slotOf(line));
          return value;
        } finally {
          session.counter.leave(outer);
        }
      },
      within: () => this.session?.counter.within() ?? 0,
      without: (outer) => this.session?.counter.without(outer),
      seen: (line, value) => {
        const { session } = this;
        if (session !== null && typeof value === 'object' && value !== null) noteBuffer(session, value, slotOf(line));
        return value;
      },
    };
  }

  private add({ body, ...code }: TracedCode): TracedFile {
    const lines = code.source?.split('\n') ?? [];
    const file = { ...code, base: this.slots, lines };
    this.session?.bodies.push(body);
    this.slots += (code.source === null ? UNKNOWN_LINES : lines.length) + 1;
    this.session?.counter.grow(this.slots);
    this.files.push(file);
    return file;
  }

  private needed(what: string): Session {
    if (this.session === null)
      throw new MagicError(
        `memtrace.${what}() needs tracing to be on: await memtrace.start() begins it, for the cells that follow.`,
      );
    return this.session;
  }

  private record(session: Session, top: number | undefined): MemtraceRecord {
    const byName = new Map(this.files.map((file) => [file.filename, file]));
    const { bySlot, elsewhere } = session.samples.read(
      (name, line) => {
        const file = byName.get(name);
        return file === undefined ? null : file.base + line;
      },
      (name) => byName.has(name) || /^cell-\d/.test(name),
    );
    const buffers = session.buffers.bySlot();
    const lines = this.files.flatMap((file) =>
      this.fileLines(file, session, (slot) => ({ objects: bySlot.get(slot), buffers: buffers.get(slot) })),
    );
    lines.sort((a, b) => largest(b) - largest(a));
    return {
      lines,
      totalBytes: sum(lines, ({ bytes }) => bytes),
      liveBytes: sum(lines, ({ liveBytes }) => liveBytes),
      liveElsewhere: elsewhere,
      samplingInterval: session.samples.interval,
      elapsedMs: Math.max(0, this.probes.now() - session.began),
      ...(top === undefined ? {} : { top }),
    };
  }

  private fileLines(
    file: TracedFile,
    { counter, samples }: Session,
    live: (slot: number) => {
      objects: { bytes: number; count: number } | undefined;
      buffers: { bytes: number; count: number } | undefined;
    },
  ): MemtraceLine[] {
    const found: MemtraceLine[] = [];
    const cell: CellRef | null = file.cell && { cellId: file.cell.cellId, executionCount: file.cell.executionCount };
    const end = (this.files[this.files.indexOf(file) + 1]?.base ?? this.slots) - file.base;
    for (let line = 1; line < end; line++) {
      const { runs, heapBytes, externalBytes } = counter.read(file.base + line);
      if (runs === 0) continue;
      const { objects, buffers } = live(file.base + line);
      const liveBufferBytes = buffers?.bytes ?? 0;
      // Samples may say more than there was: what was allocated is counted.
      const share = objects === undefined || objects.bytes <= heapBytes ? 1 : heapBytes / objects.bytes;
      const liveBytes = Math.round((objects?.bytes ?? 0) * share) + liveBufferBytes;
      const count = Math.round((objects?.count ?? 0) * share) + (buffers?.count ?? 0);
      found.push({
        cell,
        file: file.label,
        line,
        source: (file.lines[line - 1] ?? '').trim(),
        bytes: heapBytes + externalBytes,
        bufferBytes: externalBytes,
        liveBytes,
        liveBufferBytes,
        count,
        average: count === 0 ? null : liveBytes / count,
        runs,
        livePrecision: samples.interval === 1 || objects === undefined ? 'exact' : 'estimate',
      });
    }
    return found;
  }
}

const largest = ({ bytes, liveBytes }: MemtraceLine): number => Math.max(bytes, liveBytes);

const sum = (lines: readonly MemtraceLine[], of: (line: MemtraceLine) => number): number =>
  lines.reduce((all, line) => all + of(line), 0);

const keyOf = ({ file, line }: { file: string; line: number }): string => `${file}\n${line}`;

/** How the living bytes of each line changed, the largest change first; lines that did not are left out. */
export function compareSnapshots(before: MemtraceRecord, after: MemtraceRecord, top?: number): MemtraceComparison {
  const earlier = new Map(before.lines.map((line) => [keyOf(line), line]));
  const later = new Map(after.lines.map((line) => [keyOf(line), line]));
  const lines = [...new Map([...earlier, ...later]).entries()].map(([key, { cell, file, line, source }]) => {
    const was = earlier.get(key);
    const is = later.get(key);
    const count = is?.count ?? 0;
    return {
      cell,
      file,
      line,
      source,
      bytes: is?.liveBytes ?? 0,
      change: (is?.liveBytes ?? 0) - (was?.liveBytes ?? 0),
      count,
      countChange: count - (was?.count ?? 0),
      average: is?.average ?? null,
    };
  });
  const changed = lines.filter(({ change, countChange }) => change !== 0 || countChange !== 0);
  changed.sort((a, b) => Math.abs(b.change) - Math.abs(a.change));
  return {
    lines: changed,
    change: changed.reduce((all, { change }) => all + change, 0),
    ...(top === undefined ? {} : { top }),
  };
}
