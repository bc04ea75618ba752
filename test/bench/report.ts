/** The table on the screen and the record in the file. */
import { figures, type Figure, type FigureId, type Unit } from './figures.js';
import type { KernelName } from './kernels.js';
import type { Machine } from './machine.js';
import type { Results } from './results.js';
import { judge } from './verdict.js';

export interface ReportInput {
  results: Results;
  kernels: readonly KernelName[];
  figureIds: readonly FigureId[];
  machine: Machine;
  rounds: number;
}

/** A table for a terminal: medians, with the smallest and largest value where there are several. */
export function renderTable({ results, kernels, figureIds, machine, rounds }: ReportInput): string {
  const rows = [['', ...kernels, 'mark', 'reached']];
  const missing = new Map<string, string[]>();
  const partly = new Map<string, string[]>();
  const file = (to: Map<string, string[]>, kernel: KernelName, reason: string, title: string): void => {
    const key = `${kernel}: ${firstLine(reason)}`;
    to.set(key, [...(to.get(key) ?? []), title.trim()]);
  };
  for (const id of figureIds) {
    const figure: Figure = figures[id];
    const cells = kernels.map((kernel) => {
      const result = results.get(kernel, id);
      const failure = results.failure(kernel, id);
      if (result.summary === null) {
        file(missing, kernel, result.reason, figure.title);
        return '—';
      }
      if (failure !== null) file(partly, kernel, failure, figure.title);
      const { median, min, max, count } = result.summary;
      const middle = format(median, figure.unit);
      return count > 1 ? `${middle} (${format(min, figure.unit)}–${format(max, figure.unit)})` : middle;
    });
    rows.push([figure.title, ...cells, ...verdictCells(id, figure, results)]);
  }
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((text, column) => (column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0)))
      .join('  '),
  );
  return [
    `${machine.cpus} × ${machine.cpuModel}, ${machine.platform}, Node ${machine.node}; load at the start ${machine.loadAtStart.toFixed(1)}`,
    `medians of ${rounds} round${rounds === 1 ? '' : 's'} (smallest–largest); times in ms, memory in MB (PSS: pages shared with other programs count by share)`,
    '',
    ...lines,
    ...section('Not measured', reasonLines(missing)),
    ...section('Not measured in every round', reasonLines(partly)),
    ...section('Notes', results.notes.map(firstLine)),
  ].join('\n');
}

/** The same as data. Times in milliseconds, memory in bytes; a missing figure is `null` with its reason. */
export function toJson({ results, kernels, figureIds, machine, rounds }: ReportInput): unknown {
  return {
    version: 1,
    time: new Date().toISOString(),
    machine,
    rounds,
    notes: results.notes,
    figures: figureIds.map((id) => ({
      id,
      title: figures[id].title.trim(),
      unit: figures[id].unit,
      kernels: Object.fromEntries(kernels.map((kernel) => [kernel, results.get(kernel, id)])),
      mark: judge(id, results),
    })),
  };
}

function verdictCells(id: FigureId, figure: Figure, results: Results): [string, string] {
  const { target } = figure;
  const verdict = judge(id, results);
  if (target === undefined || verdict === null) return ['', ''];
  const isRatio = 'ofPeer' in target || 'ofFigure' in target;
  const show = (value: number): string => (isRatio ? `×${value.toFixed(2)}` : format(value, figure.unit));
  const of = 'ofPeer' in target ? ` ${target.ofPeer}` : 'ofFigure' in target ? ' function' : '';
  if (verdict.value === null) return [`≤ ${show(verdict.atMost)}${of}`, '—'];
  return [`≤ ${show(verdict.atMost)}${of}`, `${show(verdict.value)} ${verdict.reached === true ? 'yes' : 'NO'}`];
}

function format(value: number, unit: Unit): string {
  const shown = unit === 'bytes' ? value / 1e6 : value;
  return shown.toFixed(shown < 10 ? 1 : 0);
}

const reasonLines = (reasons: ReadonlyMap<string, readonly string[]>): string[] =>
  [...reasons].map(([reason, titles]) => `${reason} — ${titles.join('; ')}`);

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)];
}
