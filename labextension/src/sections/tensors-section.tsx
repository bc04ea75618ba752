/** What tensor libraries hold outside the heap, and the devices with the processes on them. */
import {
  formatByteChange,
  formatBytes,
  type EmptyCacheRecord,
  type TensorStats,
  type TensorsRecord,
} from '@heapmark/protocol';
import type { Translation } from '../format.js';
import type { MemoryModel } from '../model/memory-model.js';
import { usePanel } from './context.js';
import { GpuDevices } from './gpu-devices.js';
import { useAfterCells, useArrangement, useModel } from './hooks.js';
import { Section } from './section.js';
import { ShareMeter } from './share-meter.js';
import { LiveTensors, TensorOrderChoice } from './live-tensors.js';

export function TensorsSection({ model }: { model: MemoryModel }): JSX.Element | null {
  const { trans, state } = usePanel();
  useModel(model, 'tensors', 'link');
  useArrangement(state);
  const { tensors } = model;
  useAfterCells(model, !state.isClosed('tensors'), () => void tensors.fetch());
  // A section without content is absent.
  if (tensors.isEmpty) return null;
  const { record, gpus, outcome } = tensors;
  const stats = record?.stats ?? [];
  return (
    <Section
      name="tensors"
      title={trans.__('Tensors and GPU')}
      tools={tensors.tensors.length > 1 && <TensorOrderChoice model={model} />}
    >
      <div className="hm-Tensors">
        {stats.map((row) => (
          <Provider key={`${row.provider} ${row.backend}`} row={row} notes={record?.notes ?? []} />
        ))}
        {record !== null && <Others record={record} />}
        <LiveTensors model={model} />
        {stats.length > 0 && (
          <button
            type="button"
            className="hm-Button hm-Tensors-empty"
            title={trans.__('Give free buffers of the pools back. The same from a cell: %empty_cache')}
            onClick={() => void tensors.emptyCache(false, (emptied) => emptiedText(emptied, trans))}
          >
            {trans.__('Empty cache')}
          </button>
        )}
        {outcome !== null && (
          <p className="hm-Tensors-outcome" role="status">
            {outcome}
          </p>
        )}
        <GpuDevices model={model} devices={gpus?.devices ?? []} />
      </div>
    </Section>
  );
}

/** One library on one backend: allocated of what it reserved. */
function Provider({ row, notes }: { row: TensorStats; notes: readonly string[] }): JSX.Element {
  const { trans } = usePanel();
  const { provider, backend, active, allocated, reserved, peak, liveCount, precision } = row;
  const name = `${provider} ${backend}`;
  const text =
    reserved === null
      ? formatBytes(allocated, precision)
      : trans.__('%1 of %2', formatBytes(allocated, precision), formatBytes(reserved, precision));
  const share = allocated === null || (reserved ?? 0) <= 0 ? null : allocated / (reserved ?? 1);
  const about = [
    ...(active ? [trans.__('active')] : []),
    ...(liveCount === null ? [] : [trans._n('%1 tensor', '%1 tensors', liveCount)]),
  ];
  return (
    <div className="hm-Tensors-row" title={statsTitle(row, notes, trans)}>
      <div className="hm-Tensors-line">
        <span className="hm-Tensors-name">{name}</span>
        <span className="hm-Figure">{text}</span>
      </div>
      {share !== null && <ShareMeter share={share} label={trans.__('Share of the reserved memory of %1', name)} />}
      <div className="hm-Tensors-line hm-Quiet">
        <span>{about.join(' · ')}</span>
        <span className="hm-Figure">{peak === null ? '' : trans.__('peak %1', formatBytes(peak, precision))}</span>
      </div>
    </div>
  );
}

function statsTitle(row: TensorStats, notes: readonly string[], trans: Translation): string {
  return [
    trans.__('allocated, live tensors with shared storage once: %1', formatBytes(row.allocated, row.precision)),
    trans.__('each view for itself: %1', formatBytes(row.viewBytes, row.precision)),
    trans.__('reserved: %1, highest %2', formatBytes(row.reserved), formatBytes(row.peakReserved)),
    trans.__('reserved and free for reuse: %1', formatBytes(row.cachedFree)),
    ...(row.reason === null ? [] : [row.reason]),
    ...notes,
    trans.__('The same from a cell: %tensors'),
  ].join('\n');
}

/** What libraries made without telling tensors: figures that overlap with those above. */
function Others({ record: { webgpu, onnxSessions } }: { record: TensorsRecord }): JSX.Element {
  const { trans } = usePanel();
  return (
    <>
      {webgpu !== null && (
        <div className="hm-Tensors-line" title={trans.__('Buffers and textures of every library that uses WebGPU')}>
          <span className="hm-Tensors-name">
            {trans._n('WebGPU, %1 resource', 'WebGPU, %1 resources', webgpu.live.count)}
          </span>
          <span className="hm-Figure">{formatBytes(webgpu.live.bytes, webgpu.precision)}</span>
        </div>
      )}
      {onnxSessions.map(({ id, model, bytes, precision }) => (
        <div
          key={id}
          className="hm-Tensors-line"
          title={trans.__('By how much the process grew while the session was made')}
        >
          <span className="hm-Tensors-name">{trans.__('ONNX session %1', model)}</span>
          <span className="hm-Figure">{formatBytes(bytes, precision)}</span>
        </div>
      ))}
    </>
  );
}

/** `webgpu: 64.0 MB back · process memory −64.0 MB`; why nothing came where the kernel says. */
function emptiedText({ backends, rssChange }: EmptyCacheRecord, trans: Translation): string {
  const parts = backends.map(({ backend, reservedBefore, reservedAfter, reason }) => {
    const back = reservedBefore === null || reservedAfter === null ? null : reservedBefore - reservedAfter;
    const what = back === 0 || back === null ? trans.__('nothing back') : trans.__('%1 back', formatBytes(back));
    return reason === null ? `${backend}: ${what}` : `${backend}: ${what}, ${reason}`;
  });
  if (rssChange !== null) parts.push(trans.__('process memory %1', formatByteChange(rssChange)));
  return parts.length === 0 ? trans.__('There was nothing to empty.') : parts.join(' · ');
}
