import {
  formatByteChange,
  formatBytes,
  type MemtraceComparison,
  type MemtraceLine,
  type MemtraceRecord,
} from '@heapmark/protocol';
import { line, muted, strong, type Block, type Row } from './blocks.js';
import { count } from './phrases.js';

/** Lines shown unless more or fewer are asked for. */
const TOP = 10;
/** Longest cell of which the whole text is shown, lines. */
const LONGEST_SOURCE = 300;

/** A line with less than this share of the largest is counted with the rest. */
const WORTH_A_ROW = 0.001;

const largest = ({ bytes, liveBytes }: MemtraceLine): number => Math.max(bytes, liveBytes);

const where = ({ file, line: number }: { file: string; line: number }): string => `${file}:${number}`;

const figure = (amount: number): string => amount.toLocaleString('en-US');

/** The lines that allocated most: in all, still alive, and how many objects that is, as tracemalloc lists them. */
export function memtraceBlocks(record: MemtraceRecord): Block[] {
  const all = record.lines.filter(({ bytes, liveBytes }) => bytes > 0 || liveBytes > 0);
  if (all.length === 0) return [line('No traced line allocated anything.')];
  const least = largest(all[0] as MemtraceLine) * WORTH_A_ROW;
  const shown = all.slice(0, record.top ?? TOP).filter((each) => largest(each) >= least);
  const rows = shown.map((each): Row => ({
    cells: [
      formatBytes(each.bytes),
      formatBytes(each.liveBytes, each.livePrecision),
      figure(each.count),
      each.average === null ? '' : formatBytes(each.average),
      where(each),
      each.source,
    ],
  }));
  const columns = [
    { head: 'allocated', align: 'right' },
    { head: 'alive', align: 'right' },
    { head: 'objects', align: 'right' },
    { head: 'average', align: 'right' },
    { head: 'line', align: 'left' },
    { head: 'code', align: 'left', limit: 70, code: true },
  ] as const;
  const rest = all.slice(shown.length);
  const blocks: Block[] = [
    line(
      strong(`${formatBytes(record.totalBytes)} allocated`),
      `, ${formatBytes(record.liveBytes, 'estimate')} of it alive, by ${count(all.length, 'line')}.`,
    ),
    { kind: 'table', columns, rows },
  ];
  if (rest.length > 0) blocks.push(line(muted(restText(rest))));
  if (record.liveElsewhere > 0)
    blocks.push(line(muted(`${formatBytes(record.liveElsewhere, 'estimate')} more by code that was not traced.`)));
  return blocks;
}

function restText(rest: readonly MemtraceLine[]): string {
  const bytes = rest.reduce((sum, each) => sum + each.bytes, 0);
  const live = rest.reduce((sum, each) => sum + each.liveBytes, 0);
  return `${count(rest.length, 'other line')}: ${formatBytes(bytes)}, alive ${formatBytes(live, 'estimate')}.`;
}

/**
 * The text of a cell with what each of its lines allocated beside it, the hotter the more.
 * @param body the cell's text below the magic's line, which is line 1.
 */
export function sourceBlocks(record: MemtraceRecord, body: string): Block[] {
  const source = body.replace(/\n+$/, '').split('\n');
  if (source.length > LONGEST_SOURCE) return [];
  const cell = Math.max(...record.lines.map((each) => each.cell?.executionCount ?? 0));
  const own = new Map(
    record.lines.filter((each) => each.cell?.executionCount === cell).map((each) => [each.line, each]),
  );
  const most = Math.max(1, ...[...own.values()].map(({ bytes, liveBytes }) => Math.max(bytes, liveBytes)));
  const rows = source.map((text, index): Row => {
    const number = index + 2;
    const found = own.get(number);
    const hot = found === undefined ? 0 : Math.max(found.bytes, found.liveBytes) / most;
    return {
      cells: [
        { text: found === undefined ? '' : formatBytes(found.bytes), heat: hot },
        found === undefined ? '' : formatBytes(found.liveBytes, found.livePrecision),
        muted(String(number)),
        text,
      ],
    };
  });
  const columns = [
    { head: 'allocated', align: 'right' },
    { head: 'alive', align: 'right' },
    { head: '', align: 'right' },
    { head: 'the cell', align: 'left', limit: 160, code: true },
  ] as const;
  return [{ kind: 'table', columns, rows }];
}

/** Changes of living bytes between two snapshots, as tracemalloc's `compare_to` lists them. */
export function comparisonBlocks({ lines, change, top = TOP }: MemtraceComparison): Block[] {
  if (lines.length === 0) return [line('Nothing changed between the two snapshots.')];
  const least = Math.abs(lines[0]?.change ?? 0) * WORTH_A_ROW;
  const shown = lines.slice(0, top).filter((each) => Math.abs(each.change) >= least);
  const rows = shown.map((each): Row => ({
    cells: [
      formatByteChange(each.change),
      formatBytes(each.bytes),
      `${each.countChange > 0 ? '+' : ''}${figure(each.countChange)}`,
      figure(each.count),
      each.average === null ? '' : formatBytes(each.average),
      where(each),
      each.source,
    ],
  }));
  const columns = [
    { head: 'change', align: 'right' },
    { head: 'alive', align: 'right' },
    { head: 'objects', align: 'right' },
    { head: 'now', align: 'right' },
    { head: 'average', align: 'right' },
    { head: 'line', align: 'left' },
    { head: 'code', align: 'left', limit: 70, code: true },
  ] as const;
  return [
    line(strong(formatByteChange(change)), ` in ${count(lines.length, 'line')}.`),
    { kind: 'table', columns, rows },
  ];
}
