/** The followed kernel's memory in the status bar. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { StatusItem } from '../badge/status-item.js';
import { IMemoryModels, IMemoryPanel, IMemorySettings } from '../tokens.js';

export const statusPlugin: JupyterFrontEndPlugin<void> = {
  id: '@heapmark/labextension:status',
  description: 'Shows the memory of the active kernel in the status bar.',
  autoStart: true,
  requires: [IMemoryModels, IMemoryPanel, IMemorySettings],
  // Not every shell has one.
  optional: [IStatusBar, ITranslator],
  activate: (
    _: JupyterFrontEnd,
    models: IMemoryModels,
    panel: IMemoryPanel,
    settings: IMemorySettings,
    statusBar: IStatusBar | null,
    translator: ITranslator | null,
  ) => {
    if (statusBar === null) return;
    const trans = (translator ?? nullTranslator).load('heapmark');
    const item = new StatusItem({ models, trans, open: () => panel.show() });
    const decide = async (): Promise<void> => {
      const connection = models.followed?.connection ?? null;
      const isOn = settings.value.statusBar && connection !== null && (await models.announced(connection));
      if ((models.followed?.connection ?? null) === connection) item.turn(isOn);
    };
    models.followedChanged.connect(() => void decide());
    settings.changed.connect(() => void decide());
    statusBar.registerStatusItem('heapmark-memory', { item, align: 'left', rank: 500 });
    void decide();
  },
};
