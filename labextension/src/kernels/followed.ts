/** The notebook or console that the panel looks at: the one that was active last. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ISessionContext } from '@jupyterlab/apputils';
import type { IConsoleTracker } from '@jupyterlab/console';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';
import { Signal, type ISignal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';

/** A document with a kernel. */
export interface FollowedDocument {
  readonly widget: Widget;
  readonly sessionContext: ISessionContext;
  readonly title: string;
  readonly kernelName: string;
  readonly connection: Kernel.IKernelConnection | null;
  /** Another document stands in front of it. */
  readonly isBehind: boolean;
}

export class Followed {
  readonly #shell: JupyterFrontEnd.IShell;
  readonly #notebooks: INotebookTracker | null;
  readonly #consoles: IConsoleTracker | null;
  readonly #changed = new Signal<this, void>(this);
  #current: { widget: Widget; sessionContext: ISessionContext } | null = null;

  constructor(shell: JupyterFrontEnd.IShell, notebooks: INotebookTracker | null, consoles: IConsoleTracker | null) {
    this.#shell = shell;
    this.#notebooks = notebooks;
    this.#consoles = consoles;
    notebooks?.currentChanged.connect((_, panel) => this.#follow(panel, panel?.sessionContext));
    consoles?.currentChanged.connect((_, panel) => this.#follow(panel, panel?.sessionContext));
    shell.currentChanged?.connect(() => {
      this.#followActive(notebooks, consoles);
      this.#changed.emit();
    });
    this.#followActive(notebooks, consoles);
  }

  /** Another document, another kernel of it, another title, or it came to the front or went behind. */
  get changed(): ISignal<this, void> {
    return this.#changed;
  }

  get document(): FollowedDocument | null {
    const current = this.#current;
    if (current === null) return null;
    const active = this.#shell.currentWidget;
    return {
      ...current,
      title: current.widget.title.label,
      kernelName: current.sessionContext.kernelDisplayName,
      connection: current.sessionContext.session?.kernel ?? null,
      isBehind: active !== null && active !== current.widget,
    };
  }

  /** One tracker's current widget stays when the other's becomes active: the shell decides. */
  #followActive(notebooks: INotebookTracker | null, consoles: IConsoleTracker | null): void {
    const active = this.#shell.currentWidget;
    for (const tracker of [notebooks, consoles]) {
      const panel = tracker?.find((widget) => widget === active);
      if (panel !== undefined) this.#follow(panel, panel.sessionContext);
    }
  }

  #follow(widget: Widget | null, sessionContext: ISessionContext | undefined): void {
    if (widget === null || sessionContext === undefined || widget === this.#current?.widget) return;
    this.#release();
    this.#current = { widget, sessionContext };
    sessionContext.kernelChanged.connect(this.#emit, this);
    sessionContext.connectionStatusChanged.connect(this.#emit, this);
    widget.title.changed.connect(this.#emit, this);
    widget.disposed.connect(this.#onGone, this);
    this.#emit();
  }

  #release(): void {
    if (this.#current === null) return;
    const { widget, sessionContext } = this.#current;
    sessionContext.kernelChanged.disconnect(this.#emit, this);
    sessionContext.connectionStatusChanged.disconnect(this.#emit, this);
    widget.title.changed.disconnect(this.#emit, this);
    widget.disposed.disconnect(this.#onGone, this);
    this.#current = null;
  }

  /** Its document was closed: another one that is open takes its place. */
  #onGone(): void {
    this.#release();
    this.#followActive(this.#notebooks, this.#consoles);
    for (const tracker of [this.#notebooks, this.#consoles]) {
      const left = tracker?.currentWidget ?? null;
      if (this.#current === null && left !== null && !left.isDisposed) this.#follow(left, left.sessionContext);
    }
    this.#emit();
  }

  #emit(): void {
    this.#changed.emit();
  }
}
