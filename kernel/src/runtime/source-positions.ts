/**
 * Where generated code came from. Source maps are kept as their `mappings` text and decoded when an error first needs
 * them: a cell that never fails costs a few hundred bytes.
 */

/** A place in the text that the user sees; both count from 1. */
export interface Position {
  line: number;
  column: number;
}

interface Entry {
  /** What traces call it: `cell [3]`, or a module's path. */
  label: string;
  mappings: string | null;
  source: string | null;
  decoded: Segment[][] | null;
}

/** Generated column, source line, source column; all from 0. */
type Segment = readonly [number, number, number];

/** Longest text kept for code frames, UTF-16 units; and all texts and maps together: beyond, the oldest are dropped. */
const LONGEST_SOURCE = 200_000;
const MOST_KEPT = 4_000_000;

export class SourcePositions {
  private readonly files = new Map<string, Entry>();
  private kept = 0;

  /** Remembers generated code by the name its frames carry. A later one of the same name replaces it. */
  add(filename: string, label: string, sourceMap: string | null): void {
    this.remove(filename);
    let mappings: string | null = null;
    let source: string | null = null;
    if (sourceMap !== null) {
      const map = JSON.parse(sourceMap) as { mappings?: string; sourcesContent?: (string | null)[] };
      mappings = map.mappings ?? null;
      source = map.sourcesContent?.[0] ?? null;
    }
    if (source !== null && source.length > LONGEST_SOURCE) source = null;
    this.files.set(filename, { label, mappings, source, decoded: null });
    this.kept += sizeOf(this.files.get(filename));
    if (this.kept > MOST_KEPT) this.dropOld(filename);
  }

  remove(filename: string): void {
    this.kept -= sizeOf(this.files.get(filename));
    this.files.delete(filename);
  }

  has(filename: string): boolean {
    return this.files.has(filename);
  }

  /** The label of generated code, or `null` for code that is not ours. */
  label(filename: string): string | null {
    return this.files.get(filename)?.label ?? null;
  }

  /** The text that code was made of; `null` when it is not known or was too long to keep. */
  source(filename: string): string | null {
    return this.files.get(filename)?.source ?? null;
  }

  /** The user's place for one in generated code (both from 1); the same place when there is no map for it. */
  original(filename: string, line: number, column: number): Position {
    const entry = this.files.get(filename);
    if (entry === undefined || entry.mappings === null) return { line, column };
    entry.decoded ??= decodeMappings(entry.mappings);
    const segments = entry.decoded[line - 1] ?? [];
    let found: Segment | undefined;
    let low = 0;
    let high = segments.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const segment = segments[middle] as Segment;
      if (segment[0] <= column - 1) {
        found = segment;
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    found ??= segments[0] ?? this.lastBefore(entry.decoded, line - 1);
    return found === undefined ? { line, column } : { line: found[1] + 1, column: found[2] + 1 };
  }

  /** The same with its file's label and the text of the line; without a column the line is the user's. `null` for other code. */
  place(
    filename: string,
    line: number,
    column?: number,
  ): { label: string; line: number; source: string | null } | null {
    const label = this.label(filename);
    if (label === null) return null;
    const own = column === undefined ? line : this.original(filename, line, column).line;
    const text = this.source(filename)?.split('\n', own)[own - 1];
    return { label, line: own, source: text?.trim() ?? null };
  }

  private lastBefore(decoded: Segment[][], line: number): Segment | undefined {
    for (let index = Math.min(line, decoded.length) - 1; index >= 0; index -= 1) {
      const segments = decoded[index];
      if (segments !== undefined && segments.length > 0) return segments[segments.length - 1];
    }
    return undefined;
  }

  /** Drops the oldest texts and maps, those of `newest` last of all; their places stay as in the generated code. */
  private dropOld(newest: string): void {
    for (const [filename, entry] of this.files) {
      if (this.kept <= MOST_KEPT / 2 || filename === newest) return;
      this.kept -= sizeOf(entry);
      Object.assign(entry, { source: null, mappings: null, decoded: null });
    }
  }
}

const sizeOf = (entry: Entry | undefined): number => (entry?.source?.length ?? 0) + (entry?.mappings?.length ?? 0);

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES = new Map([...DIGITS].map((digit, value) => [digit.charCodeAt(0), value]));
const SEMICOLON = 0x3b;
const COMMA = 0x2c;

/** Decodes the `mappings` of a source map, version 3 (https://tc39.es/ecma426/#sec-mappings). */
function decodeMappings(mappings: string): Segment[][] {
  const lines: Segment[][] = [[]];
  let fields: number[] = [];
  let value = 0;
  let shift = 0;
  let column = 0;
  let sourceLine = 0;
  let sourceColumn = 0;
  const endSegment = (): void => {
    if (fields.length > 0) {
      column += fields[0] as number;
      if (fields.length >= 4) {
        sourceLine += fields[2] as number;
        sourceColumn += fields[3] as number;
        lines[lines.length - 1]?.push([column, sourceLine, sourceColumn]);
      }
    }
    fields = [];
  };
  for (let index = 0; index < mappings.length; index += 1) {
    const code = mappings.charCodeAt(index);
    if (code === COMMA) endSegment();
    else if (code === SEMICOLON) {
      endSegment();
      lines.push([]);
      column = 0;
    } else {
      const digit = VALUES.get(code) ?? 0;
      value += (digit & 31) << shift;
      shift += 5;
      if ((digit & 32) === 0) {
        fields.push(value & 1 ? -(value >>> 1) : value >>> 1);
        value = 0;
        shift = 0;
      }
    }
  }
  endSegment();
  return lines;
}
