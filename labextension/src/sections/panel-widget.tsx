/** The sidebar's widget. While it is hidden it holds no sections, so nothing is sent for it. */
import { ReactWidget } from '@jupyterlab/apputils';
import type { Message } from '@lumino/messaging';
import { memoryIcon } from '../icons.js';
import type { IMemoryModels, IMemorySettings } from '../tokens.js';
import { PanelContext, type PanelServices } from './context.js';
import { PanelBody } from './panel-body.js';

export interface PanelWidgetOptions {
  readonly models: IMemoryModels;
  readonly settings: IMemorySettings;
  readonly services: Omit<PanelServices, 'settings'>;
  openMenu(at: DOMRect): void;
}

export class PanelWidget extends ReactWidget {
  readonly #options: PanelWidgetOptions;
  #isShown = false;

  constructor(options: PanelWidgetOptions) {
    super();
    this.#options = options;
    const { trans } = options.services;
    this.id = 'heapmark-memory';
    this.title.icon = memoryIcon;
    this.title.caption = trans.__('Memory');
    this.addClass('hm-Panel');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Memory'));
    options.settings.changed.connect(() => this.update());
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this.#setShown(true);
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this.#setShown(this.isVisible);
  }

  protected override onAfterHide(msg: Message): void {
    super.onAfterHide(msg);
    this.#setShown(false);
  }

  protected override render(): JSX.Element | null {
    if (!this.#isShown) return null;
    const { models, settings, services, openMenu } = this.#options;
    return (
      <PanelContext.Provider value={{ ...services, settings: settings.value }}>
        <PanelBody models={models} openMenu={openMenu} />
      </PanelContext.Provider>
    );
  }

  #setShown(isShown: boolean): void {
    this.#isShown = isShown;
    this.update();
  }
}
