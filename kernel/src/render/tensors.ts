import { formatBytes, type TensorStats, type TensorsRecord } from '@heapmark/protocol';
import { line, muted, strong, type Block, type Column, type Row } from './blocks.js';
import { cellNumber, count } from './phrases.js';

const STATS: Column[] = [
  { head: 'backend', align: 'left' },
  { head: 'allocated', align: 'right' },
  { head: 'peak', align: 'right' },
  { head: 'reserved', align: 'right' },
  { head: 'peak reserved', align: 'right' },
  { head: 'cached, free', align: 'right' },
  { head: 'tensors', align: 'right' },
];
const TENSORS: Column[] = [
  { head: 'id', align: 'right' },
  { head: 'shape', align: 'left', limit: 30, code: true },
  { head: 'dtype', align: 'left' },
  { head: 'size', align: 'right' },
  { head: 'backend', align: 'left' },
  { head: 'cell', align: 'left' },
  { head: 'variables', align: 'left', limit: 40 },
];
const LABELS = 5;

/** `%tensors`: what each backend holds, then the largest live tensors. */
export function tensorsBlocks(record: TensorsRecord): Block[] {
  const { stats, tensors, truncated, webgpu, onnxSessions, notes, freesCollected } = record;
  if (stats.length === 0 && webgpu === null) return [line('No tensor library is in use.')];
  const blocks: Block[] = [];
  if (stats.length > 0) blocks.push({ kind: 'table', columns: STATS, rows: stats.map(statsRow) });
  if (webgpu !== null && webgpu.peak + webgpu.destroyed.count + webgpu.collected.count > 0) {
    const { live, peak, destroyed, collected } = webgpu;
    blocks.push(
      line(
        'WebGPU, all libraries: ',
        strong(formatBytes(live.bytes, webgpu.precision)),
        ` in ${count(live.count, 'buffer or texture', 'buffers and textures')}, peak ${formatBytes(peak)}`,
        muted(
          ` · ${destroyed.count.toLocaleString('en-US')} destroyed, ${collected.count.toLocaleString('en-US')} collected without it`,
        ),
      ),
    );
    for (const { label, kind, count: many, bytes } of webgpu.byLabel.slice(0, LABELS))
      blocks.push(line(muted(`  ${label === '' ? 'no label' : label}: ${count(many, kind)}, ${formatBytes(bytes)}`)));
  }
  for (const { model, bytes, cell } of onnxSessions)
    blocks.push(line(`ONNX session ${cellNumber(cell)} ${model}: ${formatBytes(bytes, 'estimate')}`));
  if (tensors.length > 0) {
    blocks.push({
      kind: 'table',
      columns: TENSORS,
      rows: tensors.map(({ id, shape, dtype, bytes, backend, cell, variables }) => ({
        cells: [
          String(id),
          `[${shape.join(', ')}]`,
          dtype,
          formatBytes(bytes),
          backend,
          cellNumber(cell),
          variables.join(', '),
        ],
      })),
    });
  }
  if (truncated) blocks.push(line(muted('Only the largest are listed: %tensors --limit N shows more.')));
  if (!freesCollected) blocks.push(line(muted('Tensors that nobody refers to any longer are left alone.')));
  for (const note of notes) blocks.push(line(muted(note)));
  return blocks;
}

function statsRow(stats: TensorStats): Row {
  const { provider, backend, active, precision, reason } = stats;
  return {
    cells: [
      `${provider} ${backend}${active ? ' (active)' : ''}`,
      formatBytes(stats.allocated, precision),
      formatBytes(stats.peak, precision),
      formatBytes(stats.reserved, precision),
      formatBytes(stats.peakReserved, precision),
      formatBytes(stats.cachedFree, precision),
      stats.liveCount === null ? '—' : stats.liveCount.toLocaleString('en-US'),
    ],
    ...(reason === null ? {} : { notes: [muted(reason)] }),
  };
}
