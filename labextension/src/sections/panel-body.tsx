/** The whole panel: which kernel it looks at, how things stand with it, and the sections. */
import type { Kernel } from '@jupyterlab/services';
import { ToolbarButtonComponent, ellipsesIcon, refreshIcon, closeIcon } from '@jupyterlab/ui-components';
import { useEffect, useState } from 'react';
import { warningText } from '../format.js';
import type { LinkState } from '../client/link.js';
import type { MemoryModel } from '../model/memory-model.js';
import type { IMemoryModels } from '../tokens.js';
import type { FollowedDocument } from '../kernels/followed.js';
import { CachesSection } from './caches-section.js';
import { CellsSection } from './cells-section.js';
import { usePanel } from './context.js';
import { useModel, useSignal, useWatch } from './hooks.js';
import { KernelList, KernelsSection } from './kernels-section.js';
import { NowSection } from './now-section.js';
import { TensorsSection } from './tensors-section.js';
import { VariablesSection } from './variables-section.js';

export interface PanelBodyProps {
  readonly models: IMemoryModels;
  /** Opens the menu of what else can be done, below the button. */
  openMenu(at: DOMRect): void;
}

export function PanelBody({ models, openMenu }: PanelBodyProps): JSX.Element {
  const { trans } = usePanel();
  useSignal(models.followedChanged);
  const document = models.followed;
  const model = models.current;
  if (document === null)
    return (
      <>
        <Message>{trans.__('Open a notebook or a console to see what its kernel holds.')}</Message>
        <KernelsSection />
      </>
    );
  return (
    <>
      <Header document={document} model={model} openMenu={openMenu} />
      {model === null || document.connection === null ? (
        <Message>{trans.__('%1 has no kernel. Choose one to see what it holds.', document.title)}</Message>
      ) : (
        <KernelBody key={model.kernelId} model={model} document={document} />
      )}
      <KernelsSection model={model} />
    </>
  );
}

interface HeaderProps {
  readonly document: FollowedDocument;
  readonly model: MemoryModel | null;
  openMenu(at: DOMRect): void;
}

function Header({ document, model, openMenu }: HeaderProps): JSX.Element {
  const { trans } = usePanel();
  return (
    <div className="hm-Header">
      <div className="hm-Header-what">
        <span className="hm-Header-title" title={document.title}>
          {document.title}
        </span>
        <span className="hm-Header-kernel">
          {document.connection !== null && <KernelStatus connection={document.connection} />}
          <span title={document.kernelName}>{document.kernelName}</span>
          {document.isBehind && <span>{trans.__('(not in front)')}</span>}
        </span>
      </div>
      <ToolbarButtonComponent
        icon={refreshIcon}
        tooltip={trans.__('Ask the kernel again')}
        enabled={model !== null}
        onClick={() => model?.refresh()}
      />
      <span className="hm-Header-menu">
        <ToolbarButtonComponent
          icon={ellipsesIcon}
          tooltip={trans.__('More')}
          onClick={() => {
            const button = window.document.querySelector('.hm-Header-menu');
            if (button !== null) openMenu(button.getBoundingClientRect());
          }}
        />
      </span>
    </div>
  );
}

/** A dot and a word. */
function KernelStatus({ connection }: { connection: Kernel.IKernelConnection }): JSX.Element {
  const { trans } = usePanel();
  useSignal(connection.statusChanged);
  const { status } = connection;
  const words: Partial<Record<Kernel.Status, string>> = { busy: trans.__('busy'), idle: trans.__('idle') };
  return (
    <span className={`hm-Status hm-mod-${status}`}>
      <span className="hm-Status-dot" aria-hidden="true" />
      {words[status] ?? status}
    </span>
  );
}

function Message({ children }: { children: string }): JSX.Element {
  return <p className="hm-Message">{children}</p>;
}

function KernelBody({ model, document }: { model: MemoryModel; document: FollowedDocument }): JSX.Element {
  useWatch(model, { topics: ['warning'] });
  useModel(model, 'link', 'warning');
  const known = model.latest !== null;
  const { kind } = model.linkState;
  if (kind !== 'ready' && !known) return <NotReady state={model.linkState} document={document} model={model} />;
  return (
    <>
      {kind !== 'ready' && <NotReady state={model.linkState} document={document} model={model} />}
      <Warning model={model} />
      <NowSection model={model} />
      <CellsSection model={model} />
      <VariablesSection model={model} />
      <TensorsSection model={model} />
      <CachesSection model={model} />
    </>
  );
}

function NotReady({
  state,
  document,
  model,
}: {
  state: LinkState;
  document: FollowedDocument;
  model: MemoryModel;
}): JSX.Element | null {
  const { trans } = usePanel();
  switch (state.kind) {
    case 'ready':
      return null;
    case 'idle':
    case 'connecting':
      return <Patience text={trans.__('Asking %1 for its memory…', document.kernelName)} />;
    case 'unsupported':
      return (
        <div className="hm-Message">
          <p>{trans.__('%1 does not tell what its memory holds.', document.kernelName)}</p>
          <p>{trans.__('Kernels that speak the heapmark.memory protocol do, such as "TypeScript (Heapmark)".')}</p>
          {state.reason !== null && <p className="hm-Quiet">{state.reason}</p>}
          <p>{trans.__('What the server knows of it:')}</p>
          <KernelList only={model.kernelId} />
        </div>
      );
    case 'lost':
      return <Lost why={state.why} model={model} />;
  }
}

/** A sentence that is worth reading only when the answer takes its time. */
function Patience({ text }: { text: string }): JSX.Element | null {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 400);
    return () => clearTimeout(timer);
  }, []);
  return isLate ? <Message>{text}</Message> : null;
}

function Lost({ why, model }: { why: Extract<LinkState, { kind: 'lost' }>['why']; model: MemoryModel }): JSX.Element {
  const { trans } = usePanel();
  const words: Record<typeof why, string> = {
    restarting: trans.__('The kernel is restarting: what it held is gone.'),
    disconnected: trans.__('There is no connection to the kernel. The figures are from before.'),
    dead: trans.__('The kernel has ended.'),
    closed: trans.__('The kernel ended the connection to its memory.'),
  };
  return (
    <div className="hm-Message">
      <p>{words[why]}</p>
      {why === 'closed' && (
        <button type="button" className="hm-Button" onClick={() => model.refresh()}>
          {trans.__('Connect again')}
        </button>
      )}
    </div>
  );
}

function Warning({ model }: { model: MemoryModel }): JSX.Element | null {
  const { trans, free } = usePanel();
  const { warning } = model;
  if (warning === null) return null;
  const names = warning.largest?.map(({ name }) => name) ?? [];
  return (
    <div className="hm-Warning" role="alert">
      <span>{warningText(warning, trans)}</span>
      {names.length > 0 && (
        <button type="button" className="hm-Button" onClick={() => free(model, names)}>
          {trans.__('Free…')}
        </button>
      )}
      <ToolbarButtonComponent icon={closeIcon} tooltip={trans.__('Dismiss')} onClick={() => model.dismissWarning()} />
    </div>
  );
}
