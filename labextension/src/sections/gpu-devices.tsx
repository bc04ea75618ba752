/** The devices of the machine, and the processes that hold their memory: forgotten kernels can be ended from here. */
import { Dialog, showDialog } from '@jupyterlab/apputils';
import { formatBytes, type GpuProcess, type GpuRecord } from '@heapmark/protocol';
import type { Translation } from '../format.js';
import type { MemoryModel } from '../model/memory-model.js';
import { usePanel } from './context.js';
import { ShareMeter } from './share-meter.js';

export function GpuDevices({ model, devices }: { model: MemoryModel; devices: readonly GpuRecord[] }): JSX.Element {
  return (
    <>
      {devices.map((device) => (
        <Device key={device.index} device={device} model={model} />
      ))}
    </>
  );
}

function Device({ device, model }: { device: GpuRecord; model: MemoryModel }): JSX.Element {
  const { trans } = usePanel();
  const { index, name, used, total, processes } = device;
  const title = trans.__('GPU %1 %2', index, name);
  return (
    <div className="hm-Tensors-row">
      <div className="hm-Tensors-line" title={deviceTitle(device, trans)}>
        <span className="hm-Tensors-name">{title}</span>
        <span className="hm-Figure">{trans.__('%1 of %2', formatBytes(used), formatBytes(total))}</span>
      </div>
      {used !== null && (total ?? 0) > 0 && (
        <ShareMeter share={used / (total ?? 1)} label={trans.__('Share of the memory of %1', title)} />
      )}
      {processes.map((process) => (
        <Process key={process.pid} process={process} model={model} />
      ))}
    </div>
  );
}

function deviceTitle({ name, free, utilisation, source }: GpuRecord, trans: Translation): string {
  const busy = utilisation === null ? [] : [trans.__('%1 % busy', Math.round(utilisation * 100))];
  return [
    name,
    trans.__('free %1', formatBytes(free)),
    ...busy,
    trans.__('by %1. The same from a cell: %gpu', source),
  ].join('\n');
}

function Process({ process, model }: { process: GpuProcess; model: MemoryModel }): JSX.Element {
  const { trans } = usePanel();
  const { pid, bytes, own, thisKernel } = process;
  const what = processText(process, trans);
  const ask = async (): Promise<void> => {
    const { button } = await showDialog({
      title: trans.__('End process %1?', pid),
      body: trans.__('%1 holds %2 on the device. What it has not saved is lost.', what, formatBytes(bytes)),
      buttons: [Dialog.cancelButton({ label: trans.__('Cancel') }), Dialog.warnButton({ label: trans.__('End') })],
      defaultButton: 0,
    });
    if (!button.accept) return;
    await model.tensors.endProcess(pid, (ended) =>
      ended ? trans.__('Ended process %1', pid) : trans.__('Process %1 was gone already', pid),
    );
  };
  return (
    <div className="hm-Tensors-line hm-Tensors-process">
      <span className="hm-Tensors-name" title={what}>
        {what}
      </span>
      <span className="hm-Figure">{formatBytes(bytes)}</span>
      {own && !thisKernel && (
        <button
          type="button"
          className="hm-Link"
          aria-label={trans.__('End process %1', pid)}
          onClick={() => void ask()}
        >
          {trans.__('End…')}
        </button>
      )}
    </div>
  );
}

function processText({ pid, name, notebook, thisKernel }: GpuProcess, trans: Translation): string {
  if (thisKernel) return trans.__('pid %1, this kernel', pid);
  if (notebook !== null) return trans.__('pid %1, kernel of %2', pid, notebook);
  return name === null ? trans.__('pid %1', pid) : trans.__('pid %1, %2', pid, name);
}
