/** One figure beside its truth. */
export interface Check {
  readonly name: string;
  /** What is known to be right, bytes (counts where the name says so). */
  readonly truth: number;
  readonly shown: number | null;
  /** How far the figure may be off, in the same unit; `null` where the figure has no mark. */
  readonly allowed: number | null;
  readonly passed: boolean;
  readonly note: string;
}

export function check(
  name: string,
  { truth, shown, allowed, note }: { truth: number; shown: number | null; allowed: number; note: string },
): Check {
  return {
    name,
    truth,
    shown,
    allowed: Number.isFinite(allowed) ? allowed : null,
    passed: shown !== null && Math.abs(shown - truth) <= allowed,
    note,
  };
}

/** A table for a terminal; the misses once more at the end. */
export function renderChecks(checks: readonly Check[]): string {
  const rows = checks.map(({ name, truth, shown, passed, note }) => [
    passed ? ' ' : '✗',
    name,
    number(truth),
    shown === null ? '—' : number(shown),
    shown === null || truth === 0 ? '' : `${(((shown - truth) / truth) * 100).toFixed(2)} %`,
    note,
  ]);
  const table = [['', 'figure', 'truth', 'shown', 'error', ''], ...rows];
  const widths = [0, 1, 2, 3, 4, 5].map((column) => Math.max(...table.map((row) => (row[column] ?? '').length)));
  const lines = table.map((row) =>
    row
      .map((text, column) =>
        column >= 2 && column <= 4 ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
  const missed = checks.filter(({ passed }) => !passed);
  lines.push('', `${checks.length - missed.length} of ${checks.length} marks reached`);
  for (const { name } of missed) lines.push(`missed: ${name}`);
  return lines.join('\n');
}

const number = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 1 });
