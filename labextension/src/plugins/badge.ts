/** A badge under each cell that ran. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { NotebookBadges } from '../badge/notebook-badges.js';
import { IMemoryModels, IMemoryPanel, IMemorySettings } from '../tokens.js';

export const badgePlugin: JupyterFrontEndPlugin<void> = {
  id: '@heapmark/labextension:badge',
  description: 'Shows under each cell what it cost.',
  autoStart: true,
  requires: [INotebookTracker, IMemoryModels, IMemorySettings],
  optional: [IMemoryPanel, ITranslator],
  activate: (
    _: JupyterFrontEnd,
    notebooks: INotebookTracker,
    models: IMemoryModels,
    settings: IMemorySettings,
    memoryPanel: IMemoryPanel | null,
    translator: ITranslator | null,
  ) => {
    const trans = (translator ?? nullTranslator).load('heapmark');
    const attend = async (panel: NotebookPanel): Promise<void> => {
      await panel.context.ready;
      if (panel.isDisposed) return;
      const badges = new NotebookBadges(panel, {
        models,
        settings,
        trans,
        open: (record) => memoryPanel?.showRun(record),
      });
      panel.disposed.connect(() => badges.dispose());
    };
    notebooks.widgetAdded.connect((__, panel) => void attend(panel));
    notebooks.forEach((panel) => void attend(panel));
  },
};
