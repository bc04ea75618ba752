/**
 * How much one cell may show: a notebook that holds gigabytes of output can be neither drawn nor saved. What is over the
 * limit is left out, and the cell is told once.
 */
import type { Output } from './runtime.js';
import { roughSize } from './rough-size.js';

/** Text and displays of one cell, bytes. */
export const MOST_BYTES = 100_000_000;
/** Displays and results of one cell; updates of a display replace each other and do not count. */
export const MOST_DISPLAYS = 100_000;
/** Cells whose output is counted; the oldest are forgotten. */
const MOST_CELLS = 256;

interface Shown {
  bytes: number;
  displays: number;
  told: boolean;
}

export class OutputLimit {
  private readonly cells = new Map<string, Shown>();

  /** What is shown in the place of an output: itself, nothing, or a notice. */
  admit(output: Output): Output | null {
    if (output.type === 'lateError') return output;
    const { tag } = output;
    if (output.type === 'clearOutput') {
      // What was shown is gone from the notebook.
      this.cells.delete(tag.parentId);
      return output;
    }
    const shown = this.shownOf(tag.parentId);
    shown.bytes += sizeOf(output);
    if (output.type !== 'stream' && !(output.type === 'display' && output.update)) shown.displays += 1;
    const what =
      shown.bytes > MOST_BYTES
        ? `more than ${MOST_BYTES / 1e6} MB`
        : shown.displays > MOST_DISPLAYS
          ? `more than ${MOST_DISPLAYS} displays`
          : null;
    if (what === null) return output;
    if (shown.told) return null;
    shown.told = true;
    const text = `\nThis cell has shown ${what}: the rest of its output is left out. Write large output to a file.\n`;
    return { type: 'stream', tag, name: 'stderr', text };
  }

  /** Native output is admitted by its length. */
  admitText(
    parentId: string,
    name: 'stdout' | 'stderr',
    text: string,
  ): { name: 'stdout' | 'stderr'; text: string } | null {
    const tag = { parentId, cellId: null, executionCount: 0 };
    const admitted = this.admit({ type: 'stream', tag, name, text });
    return admitted?.type === 'stream' ? { name: admitted.name, text: admitted.text } : null;
  }

  private shownOf(parentId: string): Shown {
    const known = this.cells.get(parentId);
    if (known !== undefined) return known;
    const fresh = { bytes: 0, displays: 0, told: false };
    this.cells.set(parentId, fresh);
    const [oldest] = this.cells.keys();
    if (this.cells.size > MOST_CELLS && oldest !== undefined) this.cells.delete(oldest);
    return fresh;
  }
}

function sizeOf(output: Extract<Output, { type: 'stream' | 'display' | 'result' }>): number {
  if (output.type === 'stream') return output.text.length;
  const buffers = output.type === 'display' ? (output.buffers ?? []) : [];
  return buffers.reduce((sum, { byteLength }) => sum + byteLength, roughSize(output.data));
}
