/** Every running kernel of the server with what it takes, and the ways to interrupt, restart or end it. */
import { Dialog, showDialog, showErrorMessage } from '@jupyterlab/apputils';
import { formatBytes, formatDuration, type GpusRecord } from '@heapmark/protocol';
import { closeIcon, refreshIcon, stopIcon, type LabIcon } from '@jupyterlab/ui-components';
import { useEffect } from 'react';
import type { Translation } from '../format.js';
import { gpuBytesOf } from '../kernels/gpu-bytes.js';
import type { RunningKernel } from '../kernels/running-kernels.js';
import type { MemoryModel } from '../model/memory-model.js';
import { usePanel } from './context.js';
import { useModel, useSignal } from './hooks.js';
import { Section } from './section.js';

/** @param model - of the kernel that knows the devices of this machine, where there is one */
export function KernelsSection({ model = null }: { model?: MemoryModel | null }): JSX.Element {
  const { trans, kernels } = usePanel();
  return (
    <Section
      name="kernels"
      title={trans.__('Kernels')}
      tools={
        <button type="button" className="hm-Choice" onClick={() => kernels.refresh()}>
          {trans.__('ask again')}
        </button>
      }
    >
      {model === null ? <KernelList /> : <WithDevices model={model} />}
    </Section>
  );
}

function WithDevices({ model }: { model: MemoryModel }): JSX.Element {
  useModel(model, 'tensors');
  return <KernelList gpus={model.tensors.gpus} ownId={model.kernelId} />;
}

interface KernelListProps {
  /** Id of the one kernel to show; without it all of them. */
  readonly only?: string;
  /** The devices, as told by the kernel with this id. */
  readonly gpus?: GpusRecord | null;
  readonly ownId?: string;
}

export function KernelList({ only, gpus = null, ownId }: KernelListProps): JSX.Element {
  const { trans, kernels } = usePanel();
  useSignal(kernels.changed);
  useEffect(() => {
    const watching = kernels.watch();
    return () => watching.dispose();
  }, [kernels]);
  const all = kernels.all.filter(({ id }) => only === undefined || id === only);
  if (all.length === 0) return <p className="hm-Quiet">{trans.__('No kernel is running.')}</p>;
  all.sort((a, b) => (b.usage?.memory ?? -1) - (a.usage?.memory ?? -1) || a.title.localeCompare(b.title));
  const known = all.flatMap(({ usage }) => usage?.memory ?? []);
  return (
    <>
      <ul className="hm-Kernels">
        {all.map((kernel) => (
          <KernelRow key={kernel.id} kernel={kernel} gpuBytes={gpuBytesOf(gpus, kernel.path, kernel.id === ownId)} />
        ))}
      </ul>
      {known.length > 1 && (
        <p className="hm-Quiet">
          {trans.__(
            'together %1',
            formatBytes(
              known.reduce((sum, bytes) => sum + bytes, 0),
              known.length === all.length ? 'exact' : 'atLeast',
            ),
          )}
        </p>
      )}
    </>
  );
}

function KernelRow({ kernel, gpuBytes }: { kernel: RunningKernel; gpuBytes: number | null }): JSX.Element {
  const { trans, kernels } = usePanel();
  const { id, title, path, displayName, usage } = kernel;
  return (
    <li className="hm-Kernel" title={[path, displayName].filter((line) => line !== null).join('\n')}>
      <div className="hm-Kernel-line">
        <span className="hm-Kernel-title">{title}</span>
        <span className="hm-Figure" title={usageTitle(kernel, trans)}>
          {usage === undefined ? '…' : formatBytes(usage?.memory ?? null)}
        </span>
      </div>
      <div className="hm-Kernel-line">
        <span className="hm-Kernel-what">{stateText(kernel, trans)}</span>
        {gpuBytes !== null && (
          <span className="hm-Figure hm-Kernel-gpu">{trans.__('GPU %1', formatBytes(gpuBytes))}</span>
        )}
        <Action
          icon={stopIcon}
          label={trans.__('Interrupt %1', title)}
          question={trans.__('What it runs now is ended. What it holds stays.')}
          accept={trans.__('Interrupt')}
          act={() => kernels.interrupt(id)}
        />
        <Action
          icon={refreshIcon}
          label={trans.__('Restart %1', title)}
          question={trans.__('All its variables are lost.')}
          accept={trans.__('Restart')}
          act={() => kernels.restart(id)}
        />
        <Action
          icon={closeIcon}
          label={trans.__('Shut down %1', title)}
          question={trans.__('All its variables are lost, and its memory comes back.')}
          accept={trans.__('Shut Down')}
          act={() => kernels.shutDown(id)}
        />
      </div>
    </li>
  );
}

/** A kernel that did something within this time is simply idle. */
const IDLE_FROM_MS = 60_000;

/** `typescript · idle for 5 min 0 s`. */
export function stateText({ language, state, lastActivity }: RunningKernel, trans: Translation): string {
  const parts = language === null ? [] : [language];
  const idleMs = lastActivity === null ? null : Math.max(0, Date.now() - lastActivity);
  parts.push(
    state === 'idle' && idleMs !== null && idleMs >= IDLE_FROM_MS
      ? trans.__('idle for %1', formatDuration(idleMs))
      : state,
  );
  return parts.join(' · ');
}

function usageTitle({ usage }: RunningKernel, trans: Translation): string {
  if (usage === undefined) return trans.__('It is being asked.');
  if (usage === null) return trans.__('This kernel does not say what it takes.');
  const cpu = usage.cpu === null ? '' : trans.__(', %1 % of a core', Math.round(usage.cpu * 100));
  return trans.__('Memory of its processes: %1', formatBytes(usage.memory)) + cpu;
}

interface ActionProps {
  readonly icon: LabIcon;
  readonly label: string;
  /** What the person has to know before. */
  readonly question: string;
  readonly accept: string;
  act(): Promise<void>;
}

/** A small button that asks before it acts, and says when it failed. */
function Action({ icon, label, question, accept, act }: ActionProps): JSX.Element {
  const { trans } = usePanel();
  const ask = async (): Promise<void> => {
    const { button } = await showDialog({
      title: trans.__('%1?', label),
      body: question,
      buttons: [Dialog.cancelButton({ label: trans.__('Cancel') }), Dialog.warnButton({ label: accept })],
      defaultButton: 0,
    });
    if (!button.accept) return;
    await act().catch((error: unknown) => showErrorMessage(label, error as Error));
  };
  return (
    <button type="button" className="hm-Icon" title={label} aria-label={label} onClick={() => void ask()}>
      <icon.react tag="span" />
    </button>
  );
}
