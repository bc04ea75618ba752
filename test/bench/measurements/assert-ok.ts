import type { CellRun } from '../kernel-client.js';
import type { KernelName } from '../kernels.js';

/** Throws when a cell failed: the time of a failure is no measurement. */
export function assertOk(cell: CellRun, kernel: KernelName): void {
  const { content } = cell.reply;
  if (!cell.idle) throw new Error(`${kernel} never said that a cell was done.`);
  if (content['status'] === 'ok') return;
  throw new Error(`A cell failed in ${kernel}: ${String(content['ename'])}: ${String(content['evalue'])}`);
}
