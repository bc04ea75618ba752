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
import { useArrangement, useAfterCells, useModel } from './hooks.js';
import { ShareMeter } from './share-meter.js';
import { Section } from './section.js';

export function TensorsSection({ model }: { model: MemoryModel }): JSX.Element | null {
  const { trans, state } = usePanel();
  useModel(model, 'tensors', 'link');
  useArrangement(state);
  const { tensorMemory } = model;
  useAfterCells(model, !state.isClosed('tensors'), () => void tensorMemory.fetch());
  const { tensors, gpus, emptied, isEmptying } = tensorMemory;
  const stats = tensors?.stats.filter(isInUse) ?? [];
  const devices = gpus?.devices ?? [];
  // A section without content is absent.
  if (stats.length === 0 && devices.length === 0 && !hasMore(tensors)) return null;
  const mayEmpty = stats.some(({ cachedFree }) => (cachedFree ?? 0) > 0);
  return (
    <Section name="tensors" title={trans.__('Tensors and GPU')}>
      <div className="hm-Tensors">
        {stats.map((row) => (
          <Provider key={`${row.provider} ${row.backend}`} row={row} />
        ))}
        {tensors !== null && <Others record={tensors} />}
        {(stats.length > 0 || emptied !== null) && (
          <div className="hm-Tensors-actions">
            <button
              type="button"
              className="hm-Button"
              disabled={!mayEmpty || isEmptying}
              title={trans.__('Give free buffers of the pools back. The same from a cell: %empty_cache')}
              onClick={() => void tensorMemory.emptyCache()}
            >
              {isEmptying ? trans.__('Emptying…') : trans.__('Empty cache')}
            </button>
            <button
              type="button"
              className="hm-Link"
              title={trans.__('Begin the peaks of tensor memory anew')}
              onClick={() => void tensorMemory.resetPeak()}
            >
              {trans.__('reset peaks')}
            </button>
          </div>
        )}
        {emptied !== null && (
          <p className="hm-Tensors-outcome" role="status">
            {emptiedText(emptied, trans)}
          </p>
        )}
        {devices.length > 0 && <GpuDevices model={model} devices={devices} />}
      </div>
    </Section>
  );
}

const isInUse = ({ allocated, reserved, liveCount, peak }: TensorStats): boolean =>
  [allocated, reserved, liveCount, peak].some((figure) => (figure ?? 0) > 0);

const hasMore = (record: TensorsRecord | null): boolean =>
  record !== null && (record.onnxSessions.length > 0 || (record.webgpu?.live.count ?? 0) > 0);

/** One library on one backend: allocated of what it reserved. */
function Provider({ row }: { row: TensorStats }): JSX.Element {
  const { trans } = usePanel();
  const { provider, backend, allocated, reserved, peak, liveCount, precision } = row;
  const text =
    reserved === null
      ? formatBytes(allocated, precision)
      : trans.__('%1 of %2', formatBytes(allocated, precision), formatBytes(reserved, precision));
  const share = allocated === null || (reserved ?? 0) <= 0 ? null : allocated / (reserved ?? 1);
  return (
    <div className="hm-Tensors-row" title={statsTitle(row, trans)}>
      <div className="hm-Tensors-line">
        <span className="hm-Tensors-name">{`${provider} ${backend}`}</span>
        <span className="hm-Figure">{text}</span>
      </div>
      {share !== null && <ShareMeter share={share} label={trans.__('Share of the reserved memory of %1', provider)} />}
      <div className="hm-Tensors-line hm-Quiet">
        <span>{liveCount === null ? '' : trans._n('%1 tensor', '%1 tensors', liveCount)}</span>
        <span className="hm-Figure">{peak === null ? '' : trans.__('peak %1', formatBytes(peak, precision))}</span>
      </div>
    </div>
  );
}

function statsTitle(row: TensorStats, trans: Translation): string {
  return [
    trans.__('allocated, live tensors with shared storage once: %1', formatBytes(row.allocated, row.precision)),
    trans.__('each view for itself: %1', formatBytes(row.viewBytes, row.precision)),
    trans.__('reserved: %1, highest %2', formatBytes(row.reserved), formatBytes(row.peakReserved)),
    trans.__('reserved and free for reuse: %1', formatBytes(row.cachedFree)),
    ...(row.reason === null ? [] : [row.reason]),
    trans.__('The same from a cell: %tensors'),
  ].join('\n');
}

/** What libraries made without telling tensors: figures that overlap with those above. */
function Others({ record: { webgpu, onnxSessions, notes } }: { record: TensorsRecord }): JSX.Element {
  const { trans } = usePanel();
  return (
    <>
      {webgpu !== null && webgpu.live.count > 0 && (
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
      {notes.map((note) => (
        <p key={note} className="hm-Tensors-note">
          {note}
        </p>
      ))}
    </>
  );
}

/** `tfjs webgpu: 64.0 MB back, reserved 96.0 MB → 32.0 MB`. */
function emptiedText({ backends, rssChange }: EmptyCacheRecord, trans: Translation): string {
  const parts = backends.map(({ provider, backend, reservedBefore, reservedAfter, reason }) => {
    const back = reservedBefore === null || reservedAfter === null ? null : reservedBefore - reservedAfter;
    const what = trans.__('%1 %2: %3 back', provider, backend, formatBytes(back));
    return reason === null ? what : `${what} (${reason})`;
  });
  if (rssChange !== null) parts.push(trans.__('process memory %1', formatByteChange(rssChange)));
  return parts.length === 0 ? trans.__('There was nothing to empty.') : parts.join(' · ');
}
