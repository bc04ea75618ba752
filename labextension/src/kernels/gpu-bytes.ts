/** What a running kernel holds on the machine's devices, among the processes that another kernel told of. */
import type { GpusRecord } from '@heapmark/protocol';

/**
 * Bytes on all devices together; null where none of their processes is known to be the kernel's.
 *
 * @param path - of the kernel's notebook, as the server tells it; a process tells a path that may begin elsewhere
 * @param isTeller - the kernel told of the devices itself
 */
export function gpuBytesOf(gpus: GpusRecord | null, path: string | null, isTeller: boolean): number | null {
  const owned = (gpus?.devices ?? [])
    .flatMap(({ processes }) => processes)
    .filter(({ thisKernel, notebook }) => (isTeller ? thisKernel : !thisKernel && isSame(notebook, path)))
    .flatMap(({ bytes }) => bytes ?? []);
  return owned.length === 0 ? null : owned.reduce((sum, bytes) => sum + bytes, 0);
}

const isSame = (notebook: string | null, path: string | null): boolean =>
  notebook !== null && path !== null && (notebook === path || notebook.endsWith(`/${path}`));
