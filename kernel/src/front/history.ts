/**
 * What was run: kept in memory, and across sessions in a bounded file of JSON lines.
 *
 * A disk that fails is harmless: it is logged once and history goes on in memory.
 */
import { appendFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { reasonOf, type Logger } from './log.js';

export interface HistoryLine {
  session: number;
  line: number;
  code: string;
  /** Text of the cell's result; `null` when it had none. */
  output: string | null;
}

/** A session's number belongs to the kernel that claims it first. */
interface Claim {
  session: number;
  owner: string;
}

export interface HistorySearch {
  /** Glob: `*`, `?` and `[…]`, matched against the whole source. */
  pattern: string;
  /** At most so many, the latest; `null` for all. */
  n: number | null;
  /** Of equal sources only the latest. */
  unique: boolean;
}

/** Lines kept in memory, and characters of them. */
const MAX_LINES = 10_000;
const MAX_CHARACTERS = 16 * 1024 * 1024;
/** Longer texts are not written to the file. */
const MAX_PERSISTED_CHARACTERS = 100_000;
const MAX_OUTPUT_CHARACTERS = 10_000;
/** A file over this, bytes, is cut to its newest half when it is read. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;
/** Lines that come within so long, ms, are written at once: the disk is no part of a cell's time. */
const WRITE_AFTER_MS = 200;
/** Claims kept when the file is cut. */
const MAX_CLAIMS = 200;

export class History {
  private lines: HistoryLine[] = [];
  private characters = 0;
  private session = 1;
  private loading: Promise<void> | null = null;
  private writing: Promise<void> = Promise.resolve();
  private readonly pending: Omit<HistoryLine, 'session'>[] = [];
  private broken = false;
  private timer: NodeJS.Timeout | null = null;

  /** @param path of the file; `null` keeps history in memory alone. */
  constructor(
    private readonly path: string | null,
    private readonly log: Logger,
  ) {}

  /** Notes a cell that ran. Returns at once; the file follows within 0.2 s. */
  add(line: number, code: string, output: string | null): void {
    this.pending.push({ line, code, output: output === null ? null : output.slice(0, MAX_OUTPUT_CHARACTERS) });
    this.timer ??= setTimeout(() => void this.settled(), WRITE_AFTER_MS);
  }

  /** The last `n` lines, oldest first; all when `null`. */
  async tail(n: number | null): Promise<HistoryLine[]> {
    await this.settled();
    return last(this.lines, n);
  }

  /** Lines of one session from `start` up to, without, `stop`. 0 is this session, -1 the one before it. */
  async range(session: number, start: number, stop: number | null): Promise<HistoryLine[]> {
    await this.settled();
    const wanted = this.sessionNumber(session);
    return this.lines.filter(
      (entry) => entry.session === wanted && entry.line >= start && (stop === null || entry.line < stop),
    );
  }

  async search({ pattern, n, unique }: HistorySearch): Promise<HistoryLine[]> {
    await this.settled();
    const matches = globMatcher(pattern);
    let found = this.lines.filter((entry) => matches(entry.code));
    if (unique) found = [...new Map(found.map((entry) => [entry.code, entry])).values()];
    found.sort((a, b) => a.session - b.session || a.line - b.line);
    return last(found, n);
  }

  /** Resolves when all that was added is in the file, or the file has failed. */
  async settled(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.writing = this.writing.then(() => this.absorb());
    await this.writing;
  }

  private sessionNumber(session: number): number {
    if (session > 0) return session;
    const known = [...new Set([...this.lines.map((entry) => entry.session), this.session])].sort((a, b) => a - b);
    return known.at(session - 1) ?? -1;
  }

  private async absorb(): Promise<void> {
    this.loading ??= this.load();
    await this.loading;
    const added = this.pending.splice(0).map((entry) => ({ session: this.session, ...entry }));
    if (added.length === 0) return;
    for (const entry of added) this.remember(entry);
    const short = added.filter((entry) => entry.code.length <= MAX_PERSISTED_CHARACTERS);
    await this.onDisk((path) => appendFile(path, short.map(toLine).join(''), { mode: 0o600 }));
  }

  private remember(entry: HistoryLine): void {
    this.lines.push(entry);
    this.characters += size(entry);
    while (this.lines.length > MAX_LINES || (this.characters > MAX_CHARACTERS && this.lines.length > 1)) {
      const dropped = this.lines.shift();
      if (dropped !== undefined) this.characters -= size(dropped);
    }
  }

  private async load(): Promise<void> {
    await this.onDisk(async (path) => {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return '';
        throw error;
      });
      let entries = text.split('\n').flatMap(fromLine);
      const claims = text.split('\n').flatMap(claimOf);
      if (text.length > MAX_FILE_BYTES) {
        entries = entries.slice(Math.floor(entries.length / 2));
        // Written aside and renamed, so that a kernel that dies here loses nothing.
        const fresh = `${path}.${process.pid}`;
        await writeFile(fresh, [...claims.slice(-MAX_CLAIMS), ...entries].map(toLine).join(''), { mode: 0o600 });
        await rename(fresh, path);
      }
      for (const entry of entries) this.remember(entry);
      const highest = [...entries, ...claims].reduce((most, { session }) => Math.max(most, session), 0);
      this.session = highest + 1;
      await this.claim(path);
    });
  }

  /** Takes a number that no other kernel has: whose claim stands first in the file has it. */
  private async claim(path: string): Promise<void> {
    const owner = randomUUID();
    for (;;) {
      const { session } = this;
      await appendFile(path, toLine({ session, owner }), { mode: 0o600 });
      const claims = (await readFile(path, 'utf8')).split('\n').flatMap(claimOf);
      const first = claims.find((each) => each.session === session);
      if (first === undefined || first.owner === owner) return;
      this.session += 1;
    }
  }

  private async onDisk(action: (path: string) => Promise<void>): Promise<void> {
    if (this.path === null || this.broken) return;
    try {
      await action(this.path);
    } catch (error) {
      this.broken = true;
      this.log.warn(`history is kept in memory only: ${reasonOf(error)}`);
    }
  }
}

const size = (entry: HistoryLine): number => entry.code.length + (entry.output?.length ?? 0);
const last = <T>(items: T[], n: number | null): T[] => (n === null ? [...items] : n <= 0 ? [] : items.slice(-n));

const toLine = (entry: HistoryLine | Claim): string => `${JSON.stringify(entry)}\n`;

/** A line of the file; nothing when it is damaged, as by two kernels that wrote at once. */
function fromLine(text: string): HistoryLine[] {
  if (text === '') return [];
  try {
    const { session, line, code, output } = JSON.parse(text) as Partial<HistoryLine>;
    if (typeof session !== 'number' || typeof line !== 'number' || typeof code !== 'string') return [];
    return [{ session, line, code, output: typeof output === 'string' ? output : null }];
  } catch {
    return [];
  }
}

/** A line by which a kernel takes a number. */
function claimOf(text: string): Claim[] {
  if (!text.includes('"owner"')) return [];
  try {
    const { session, owner } = JSON.parse(text) as Partial<Claim>;
    return typeof session === 'number' && typeof owner === 'string' ? [{ session, owner }] : [];
  } catch {
    return [];
  }
}

/**
 * Matches a glob against a whole text without backtracking into exponential time: after a `*` only the latest one is
 * ever tried again.
 */
export function globMatcher(pattern: string): (text: string) => boolean {
  const parts = globParts(pattern);
  return (text) => {
    const characters = [...text];
    let at = 0;
    let part = 0;
    let star = -1;
    let restart = 0;
    while (at < characters.length) {
      const test = parts[part];
      if (test === 'any') {
        star = part++;
        restart = at;
      } else if (test?.(characters[at] as string) === true) {
        at += 1;
        part += 1;
      } else if (star !== -1) {
        part = star + 1;
        restart += 1;
        at = restart;
      } else {
        return false;
      }
    }
    while (parts[part] === 'any') part += 1;
    return part === parts.length;
  };
}

type GlobPart = 'any' | ((character: string) => boolean);

function globParts(pattern: string): GlobPart[] {
  const parts: GlobPart[] = [];
  for (const [token] of pattern.matchAll(/\[[!^]?\]?[^\]]*\]|./gsu)) {
    if (token === '*') parts.push('any');
    else if (token === '?') parts.push(() => true);
    else if (token.length > 2 && token.startsWith('[')) parts.push(characterClass(token.slice(1, -1)));
    else parts.push((character) => character === token);
  }
  return parts;
}

function characterClass(body: string): (character: string) => boolean {
  const negated = body.startsWith('!') || body.startsWith('^');
  const members = [...(negated ? body.slice(1) : body).matchAll(/(.)-(.)|(.)/gsu)];
  return (character) => {
    const inside = members.some(([, from, to, single]) =>
      single === undefined ? character >= (from as string) && character <= (to as string) : character === single,
    );
    return inside !== negated;
  };
}
