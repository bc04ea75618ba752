/** What a kernel holds, as Markdown for a chat or an issue. */
import { formatBytes, formatDuration } from '@heapmark/protocol';
import { formatDelta, sizeText, typeText, type Translation } from './format.js';
import { arrangeRuns } from './model/cells.js';
import type { MemoryModel } from './model/memory-model.js';
import { usedBytes } from './model/samples.js';
import { arrangeVariables } from './model/variables.js';

const MOST_ROWS = 10;

/** Figures now, then the costliest cells and the largest variables. */
export function memorySummary(model: MemoryModel, title: string, trans: Translation): string {
  const sample = model.latest;
  const lines = [`## ${trans.__('Memory of %1', asText(title))}`, ''];
  if (sample !== null) {
    lines.push(
      trans.__(
        '%1 in use (heap %2, buffers %3), process %4',
        formatBytes(usedBytes(sample)),
        formatBytes(sample.heapUsed),
        formatBytes(sample.arrayBuffers),
        formatBytes(sample.rss),
      ),
      '',
    );
  }
  const runs = arrangeRuns(model.cells.runs, 'cost').slice(0, MOST_ROWS);
  lines.push(
    ...table(
      [trans.__('Cell'), trans.__('Code'), trans.__('Keeps'), trans.__('Peak'), trans.__('Time')],
      runs.map((run) => [
        `[${run.executionCount}]`,
        run.source ?? '',
        formatDelta(run),
        formatBytes(run.peak, run.peakPrecision),
        formatDuration(run.elapsedMs),
      ]),
    ),
  );
  const rows = arrangeVariables(model.variables.snapshot?.record.variables ?? [], { filter: '', order: 'size' }).slice(
    0,
    MOST_ROWS,
  );
  lines.push(
    ...table(
      [trans.__('Variable'), trans.__('Type'), trans.__('Size')],
      rows.map((row) => [row.name, typeText(row), sizeText(row, trans)]),
    ),
  );
  return lines.join('\n');
}

function table(head: string[], rows: string[][]): string[] {
  if (rows.length === 0) return [];
  return [head, head.map(() => '---'), ...rows.map((row) => row.map(asText))]
    .map((row) => `| ${row.join(' | ')} |`)
    .concat('');
}

/** Text that Markdown shows as it is, in one line. */
const asText = (text: string): string => text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]<>()#+!|~&-]/g, '\\$&');
