/** Collects what was measured, kernel by kernel. */
import { type FigureId } from './figures.js';
import type { KernelName } from './kernels.js';
import { summarize, type Summary } from './statistics.js';

/** A figure of a kernel: its summary, or why there is none. */
export type Result = { summary: Summary; values: number[] } | { summary: null; reason: string };

export class Results {
  private readonly values = new Map<string, number[]>();
  private readonly reasons = new Map<string, string>();

  add(kernel: KernelName, figure: FigureId, ...values: number[]): void {
    const key = `${kernel} ${figure}`;
    this.values.set(key, [...(this.values.get(key) ?? []), ...values]);
  }

  /** Says why a figure could not be taken. A figure that was taken in another round stands. */
  missing(kernel: KernelName, figure: FigureId, reason: string): void {
    this.reasons.set(`${kernel} ${figure}`, reason);
  }

  get(kernel: KernelName, figure: FigureId): Result {
    const key = `${kernel} ${figure}`;
    const values = this.values.get(key);
    if (values !== undefined && values.length > 0) return { summary: summarize(values), values };
    return { summary: null, reason: this.reasons.get(key) ?? 'not measured in this run' };
  }

  /** Why a figure is missing in some round; `null` when it never was. */
  failure(kernel: KernelName, figure: FigureId): string | null {
    return this.reasons.get(`${kernel} ${figure}`) ?? null;
  }

  /** Notes that came up, such as output that was lost. */
  readonly notes: string[] = [];

  note(text: string): void {
    if (!this.notes.includes(text)) this.notes.push(text);
  }
}
