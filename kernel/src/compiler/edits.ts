/**
 * Changes to a text, made in any order and applied at once, with the source map that a map of the original text becomes.
 */
import { decode, encode, type SourceMapMappings, type SourceMapSegment } from '@jridgewell/sourcemap-codec';

/** What stands at one position: closing insertions come first, then opening ones, then a replacement. */
const CLOSING = 0;
const OPENING = 1;
const REPLACING = 2;

/** New text, or a range of the original with changes of its own. */
export type Piece = string | { start: number; end: number; edits: Edits };

interface Edit {
  start: number;
  end: number;
  pieces: readonly Piece[];
  rank: number;
  order: number;
}

export class Edits {
  private readonly edits: Edit[] = [];

  constructor(private readonly original: string) {}

  /** Puts text in the place of a range. Ranges may not overlap. */
  replace(start: number, end: number, text: string): void {
    this.add(start, end, [text], REPLACING);
  }

  /** Puts pieces in the place of a range: parts of the original may come back, more than once and changed. */
  splice(start: number, end: number, pieces: readonly Piece[]): void {
    this.add(start, end, pieces, REPLACING);
  }

  /** Puts text before what begins at `position`: of two at one position the outer must be made first. */
  open(position: number, text: string): void {
    this.add(position, position, [text], OPENING);
  }

  /** Puts text after what ends at `position`: of two at one position the inner must be made first. */
  close(position: number, text: string): void {
    this.add(position, position, [text], CLOSING);
  }

  private add(start: number, end: number, pieces: readonly Piece[], rank: number): void {
    this.edits.push({ start, end, pieces, rank, order: this.edits.length });
  }

  /**
   * The changed text, and `mappings` (of the original text to its source) moved along. What was inserted has no mapping
   * of its own and belongs to what stands before it.
   *
   * @param mappings encoded mappings of the original text.
   */
  apply(mappings: string | null): { text: string; mappings: string | null } {
    const parts: string[] = [];
    const mover = mappings === null ? null : new MappingMover(this.original, decode(mappings));
    this.write(0, this.original.length, parts, mover);
    return { text: parts.join(''), mappings: mover === null ? null : encode(mover.moved) };
  }

  private write(from: number, to: number, parts: string[], mover: MappingMover | null): void {
    this.edits.sort((a, b) => a.start - b.start || a.rank - b.rank || a.order - b.order);
    let at = from;
    for (const { start, end, pieces } of this.edits) {
      if (start < at || end > to) throw new Error(`An edit of ${start} to ${end} does not fit.`);
      parts.push(this.original.slice(at, start));
      mover?.keep(at, start);
      let strayed = false;
      for (const piece of pieces) {
        if (typeof piece === 'string') {
          parts.push(piece);
          mover?.insert(piece, strayed ? start : end);
        } else {
          strayed = true;
          mover?.seek(piece.start);
          piece.edits.write(piece.start, piece.end, parts, mover);
        }
      }
      if (strayed) mover?.seek(end);
      else mover?.skip(end);
      at = end;
    }
    parts.push(this.original.slice(at, to));
    mover?.keep(at, to);
  }
}

/** Walks the original's segments along with the text that is written. */
class MappingMover {
  readonly moved: SourceMapMappings = [[]];
  private readonly lineStarts: number[];
  /** The next segment: line of the original, and index in that line. */
  private line = 0;
  private index = 0;
  /** The first line of the original that has not begun yet. */
  private next = 1;
  private outputColumn = 0;

  constructor(
    original: string,
    private readonly mappings: SourceMapMappings,
  ) {
    this.lineStarts = [0];
    for (let at = original.indexOf('\n'); at !== -1; at = original.indexOf('\n', at + 1)) this.lineStarts.push(at + 1);
  }

  /** `[from, to)` of the original is written unchanged. */
  keep(from: number, to: number): void {
    let at = from;
    for (let position = this.position(); position !== null && position < to; position = this.position()) {
      this.advance(at, position);
      at = position;
      this.put();
    }
    this.advance(at, to);
  }

  /** New text is written in the place of the original up to `end`: it is what the first segment there is. */
  insert(text: string, end: number): void {
    for (let position = this.position(); position !== null && position < end; position = this.position()) this.put();
    let last = -1;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
      this.newLine();
      last = at;
    }
    this.outputColumn += text.length - (last + 1);
  }

  /** The original up to `end` has been dealt with. */
  skip(end: number): void {
    while ((this.lineStarts[this.next] ?? Infinity) <= end) this.next += 1;
  }

  /** Goes on in the original at `position`, which may lie behind. */
  seek(position: number): void {
    this.next = firstWhere(this.lineStarts.length, (index) => (this.lineStarts[index] as number) > position);
    this.line = this.next - 1;
    const segments = this.mappings[this.line] ?? [];
    const column = position - (this.lineStarts[this.line] as number);
    this.index = firstWhere(segments.length, (index) => (segments[index] as SourceMapSegment)[0] >= column);
  }

  /** Where the next segment begins. */
  private position(): number | null {
    for (; this.line < this.mappings.length; this.line += 1, this.index = 0) {
      const segment = this.mappings[this.line]?.[this.index];
      if (segment !== undefined) return (this.lineStarts[this.line] ?? 0) + segment[0];
    }
    return null;
  }

  private put(): void {
    const segment = this.mappings[this.line]?.[this.index] as SourceMapSegment;
    this.index += 1;
    const line = this.moved[this.moved.length - 1] as SourceMapSegment[];
    if (line[line.length - 1]?.[0] === this.outputColumn) return;
    if (segment.length === 1) line.push([this.outputColumn]);
    else line.push([this.outputColumn, segment[1], segment[2], segment[3]]);
  }

  private advance(from: number, to: number): void {
    let lineBegins = from;
    for (
      let begins = this.lineStarts[this.next];
      begins !== undefined && begins <= to;
      begins = this.lineStarts[this.next]
    ) {
      this.newLine();
      lineBegins = begins;
      this.next += 1;
    }
    this.outputColumn += to - lineBegins;
  }

  private newLine(): void {
    this.moved.push([]);
    this.outputColumn = 0;
  }
}

/** The lowest index below `length` for which `holds`, which holds for all that follow it; `length` when there is none. */
function firstWhere(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
