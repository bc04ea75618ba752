/** The error of a cell that was stopped for its memory: what it had, and what holds it now. */
import { formatBytes, type RequestMap } from '@heapmark/protocol';
import type { ErrorReport } from '../ipc/messages.js';
import type { MemoryStop } from './guard.js';

type Variables = RequestMap['variables']['result']['record']['variables'];

/** Variables that are named. */
export const NAMED_VARIABLES = 3;

/** @param variables the largest, `null` when they could not be listed. */
export function explainStop(
  error: ErrorReport,
  stop: MemoryStop | null,
  peak: number | null,
  variables: Variables | null,
): void {
  const lines: string[] = [];
  if (stop !== null) lines.push(`It was at ${stop.text}.`);
  if (peak !== null) lines.push(`Its heap and buffers had reached ${formatBytes(peak)} at least.`);
  const sized = (variables ?? []).filter(({ bytes }) => bytes !== null);
  if (sized.length > 0) {
    const words = sized.map(({ name, bytes }) => `${name} ${formatBytes(bytes ?? 0)}`).join(', ');
    lines.push(`Largest variables now: ${words}. All variables are kept: %free gives their memory back.`);
  }
  error.evalue = [error.evalue, ...lines].join(' ');
  error.traceback.push(...lines);
}
