/** The Memory panel in the right sidebar. */
import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { IConsoleTracker } from '@jupyterlab/console';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Menu } from '@lumino/widgets';
import type { CellRef } from '@heapmark/protocol';
import { cellNow, goToCell } from '../kernels/cell-navigation.js';
import { RunningKernels } from '../kernels/running-kernels.js';
import { NotebookEdits } from '../kernels/notebook-edits.js';
import { runKey } from '../model/cells.js';
import type { MemoryModel } from '../model/memory-model.js';
import { PanelState, readArrangement } from '../model/panel-state.js';
import { confirmFree } from '../sections/free-dialog.js';
import { PanelWidget } from '../sections/panel-widget.js';
import { IMemoryModels, IMemoryPanel, IMemorySettings } from '../tokens.js';
import { CommandIds } from './command-ids.js';

export const panelPlugin: JupyterFrontEndPlugin<IMemoryPanel> = {
  id: '@heapmark/labextension:panel',
  description: 'A sidebar that shows what holds the memory of a kernel.',
  autoStart: true,
  requires: [IMemoryModels, IMemorySettings],
  optional: [INotebookTracker, IConsoleTracker, ILayoutRestorer, IStateDB, ITranslator],
  provides: IMemoryPanel,
  activate: (
    app: JupyterFrontEnd,
    models: IMemoryModels,
    settings: IMemorySettings,
    notebooks: INotebookTracker | null,
    consoles: IConsoleTracker | null,
    restorer: ILayoutRestorer | null,
    stateDb: IStateDB | null,
    translator: ITranslator | null,
  ) => {
    const trans = (translator ?? nullTranslator).load('heapmark');
    const visit = async (model: MemoryModel, cell: CellRef): Promise<void> => {
      const isThere = notebooks !== null && (await goToCell(app.shell, notebooks, model.kernelId, cell));
      if (!isThere)
        Notification.info(trans.__('Cell [%1] is no longer in an open notebook.', cell.executionCount), {
          autoClose: 4000,
        });
    };
    const free = async (model: MemoryModel, names: readonly string[]): Promise<void> => {
      if (await confirmFree(names, model.variables.snapshot?.record.variables ?? [], trans))
        await model.actions.free(names);
    };
    const state = new PanelState();
    if (stateDb !== null) void keepArrangement(state, stateDb);
    const kernels = new RunningKernels({
      services: app.serviceManager,
      connectionOf: (kernelId) =>
        [notebooks, consoles]
          .map(
            (tracker) =>
              tracker?.find(({ sessionContext }) => sessionContext.session?.kernel?.id === kernelId)?.sessionContext
                .session?.kernel ?? null,
          )
          .find((connection) => connection !== null) ?? null,
    });
    const menu = new Menu({ commands: app.commands });
    for (const command of [
      CommandIds.collectGarbage,
      CommandIds.free,
      CommandIds.measureAll,
      CommandIds.takeSnapshot,
      CommandIds.copySummary,
      CommandIds.toggleBadges,
      CommandIds.toggleStatusBar,
      CommandIds.openSettings,
    ]) {
      menu.addItem({ command });
    }
    const widget = new PanelWidget({
      models,
      settings,
      services: {
        trans,
        state,
        kernels,
        goToCell: (model, cell) => void visit(model, cell),
        cellNow: (model, run) => cellNow(notebooks, model.kernelId, run),
        cellEdits: new NotebookEdits(notebooks).changed,
        free: (model, names) => void free(model, names),
      },
      openMenu: ({ left, bottom }) => menu.open(left, bottom),
    });
    app.shell.add(widget, 'right', { rank: 600, type: 'Memory' });
    restorer?.add(widget, widget.id);
    return {
      get isVisible() {
        return widget.isVisible;
      },
      show: () => app.shell.activateById(widget.id),
      showRun: (run) => {
        app.shell.activateById(widget.id);
        state.revealRun(runKey(run));
      },
      free,
    };
  },
};

const STATE_KEY = '@heapmark/labextension:arrangement';

/** The panel is arranged as it was left, in this workspace. */
async function keepArrangement(state: PanelState, stateDb: IStateDB): Promise<void> {
  state.arrange(readArrangement(await stateDb.fetch(STATE_KEY).catch(() => undefined)));
  let { arrangement } = state;
  state.changed.connect(() => {
    if (state.arrangement === arrangement) return;
    arrangement = state.arrangement;
    void stateDb.save(STATE_KEY, { ...arrangement });
  });
}
