import { formatBytes, type GpuProcess, type GpuRecord, type GpusRecord } from '@heapmark/protocol';
import { line, muted, strong, type Block } from './blocks.js';

/** `%gpu`: each device, and under it the processes that hold its memory. */
export function gpuBlocks({ devices, reason, notes }: GpusRecord): Block[] {
  if (devices.length === 0) return [line(`No device: ${reason ?? 'none was found'}.`)];
  return [...devices.flatMap(deviceBlocks), ...notes.map((note) => line(muted(note)))];
}

function deviceBlocks({ index, name, used, total, utilisation, processes, source }: GpuRecord): Block[] {
  const busy = utilisation === null ? '' : `, ${Math.round(utilisation * 100)} % busy`;
  return [
    line(
      `GPU ${index} ${name}: `,
      strong(`${formatBytes(used)} of ${formatBytes(total)}`),
      busy,
      muted(` · ${source}`),
    ),
    ...processes.map((process) => line(`  ${processText(process)}`)),
  ];
}

function processText({ pid, name, bytes, notebook, thisKernel }: GpuProcess): string {
  const whose = thisKernel ? ' · this kernel' : notebook === null ? '' : ` · kernel of ${notebook}`;
  return `pid ${pid} ${name ?? '(not known here)'}: ${formatBytes(bytes)}${whose}`;
}
