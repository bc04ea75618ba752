/** A figure beside its mark. */
export interface Timing {
  readonly name: string;
  /** Median of {@link all}. */
  readonly value: number;
  readonly unit: 'ms' | '%';
  readonly atMost: number;
  /** What the runtime's main thread worked meanwhile, ms, median: on a busy machine the time it waited is not in it. */
  readonly cpuMs: number | null;
  readonly all: readonly number[];
}

export const passed = ({ value, atMost }: Timing): boolean => value <= atMost;

/** A table for a terminal. */
export function renderTimings(timings: readonly Timing[]): string {
  const rows = timings.map((timing) => [
    passed(timing) ? ' ' : '✗',
    timing.name,
    `${timing.value.toFixed(2)} ${timing.unit}`,
    `≤ ${timing.atMost} ${timing.unit}`,
    timing.cpuMs === null ? '' : `worked ${timing.cpuMs.toFixed(1)} ms`,
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((text, column) =>
          column === 2 || column === 3 ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
