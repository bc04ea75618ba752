/** The commands, in the palette and for shortcuts, menus and other extensions. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Clipboard, ICommandPalette, InputDialog, Notification } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { CellRecord } from '@heapmark/protocol';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { memoryIcon } from '../icons.js';
import type { Outcome } from '../model/actions.js';
import type { MemoryModel } from '../model/memory-model.js';
import { memorySummary } from '../summary.js';
import { arrangeVariables } from '../model/variables.js';
import { outcomeText } from '../sections/outcome-line.js';
import { askForSnapshotFile, confirmSnapshot } from '../sections/snapshot-dialog.js';
import { IMemoryModels, IMemoryPanel, IMemorySettings } from '../tokens.js';
import { CommandIds } from './command-ids.js';

export const commandsPlugin: JupyterFrontEndPlugin<void> = {
  id: '@heapmark/labextension:commands',
  description: 'Commands of the memory panel.',
  autoStart: true,
  requires: [IMemoryModels, IMemoryPanel, IMemorySettings],
  optional: [INotebookTracker, ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    models: IMemoryModels,
    panel: IMemoryPanel,
    settings: IMemorySettings,
    notebooks: INotebookTracker | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null,
  ) => {
    const trans = (translator ?? nullTranslator).load('heapmark');
    const { commands } = app;
    const hasKernel = (): boolean => (models.followed?.connection ?? null) !== null;

    const tell = (outcome: Outcome | null): void => {
      // The panel says it too.
      if (outcome === null || panel.isVisible) return;
      const text = outcomeText(outcome, trans);
      if (outcome.kind === 'failure') Notification.error(text, { autoClose: 8000 });
      else Notification.info(text, { autoClose: 5000 });
    };

    commands.addCommand(CommandIds.showPanel, {
      label: trans.__('Show Memory'),
      icon: memoryIcon,
      execute: () => panel.show(),
    });
    commands.addCommand(CommandIds.collectGarbage, {
      label: trans.__('Collect Garbage'),
      caption: trans.__('Collect what is no longer in use and measure what came back. The same from a cell: %gc'),
      isEnabled: hasKernel,
      execute: async () => {
        tell(await withKernel(models, (model) => model.actions.collect()));
      },
    });
    commands.addCommand(CommandIds.free, {
      label: trans.__('Free Variables…'),
      caption: trans.__('Delete variables and measure what came back. The same from a cell: %free NAME'),
      isEnabled: hasKernel,
      execute: (args) => withKernel(models, (model) => freeNames(model, panel, args, trans.__('Variables to free'))),
    });
    const activeRun = (): CellRecord | null => {
      const cell = notebooks?.activeCell?.model;
      return cell === undefined ? null : (models.current?.cells.latestOf(cell.id) ?? null);
    };
    commands.addCommand(CommandIds.showCell, {
      label: trans.__('Show Cell in Memory Panel'),
      caption: trans.__('What the latest run of the cell cost'),
      isEnabled: () => activeRun() !== null,
      execute: () => {
        const run = activeRun();
        if (run !== null) panel.showRun(run);
      },
    });
    commands.addCommand(CommandIds.freeOfCell, {
      label: trans.__('Free Variables of Cell…'),
      caption: trans.__('Delete the variables that the cell declared and measure what came back'),
      isEnabled: () => activeRun() !== null,
      execute: () => {
        const cellId = activeRun()?.cellId ?? null;
        return withKernel(models, async (model) => {
          await model.variables.refresh();
          const names = (model.variables.snapshot?.record.variables ?? [])
            .filter(({ cell }) => cell !== null && cell.cellId === cellId)
            .map(({ name }) => name);
          if (names.length > 0) await panel.free(model, names);
          else Notification.info(trans.__('No variable is from this cell.'), { autoClose: 4000 });
        });
      },
    });
    commands.addCommand(CommandIds.takeSnapshot, {
      label: trans.__('Take Heap Snapshot…'),
      caption: trans.__('Write a heap snapshot for Chrome DevTools. The same from a cell: %mem --snapshot FILE'),
      isEnabled: hasKernel,
      execute: async () =>
        tell(
          await withKernel(models, async (model) => {
            const wish = await askForSnapshotFile(model, snapshotName(models.followed?.title ?? ''), trans);
            return wish === null ? null : model.actions.snapshot(wish.file, wish.force);
          }),
        ),
    });
    commands.addCommand(CommandIds.measureAll, {
      label: trans.__('Measure All Variables…'),
      caption: trans.__('Exact sizes from a heap snapshot. The same from a cell: %vars --exact'),
      isEnabled: hasKernel,
      execute: async () =>
        tell(
          await withKernel(models, async (model) => {
            const wish = await confirmSnapshot(model, trans.__('Measure all variables?'), trans);
            return wish === null ? null : model.measureAll(wish);
          }),
        ),
    });
    commands.addCommand(CommandIds.copySummary, {
      label: trans.__('Copy Memory Summary'),
      caption: trans.__('Copy what the kernel holds as Markdown'),
      isEnabled: () => (models.current?.latest ?? null) !== null,
      execute: () => {
        const { current, followed } = models;
        if (current !== null) Clipboard.copyToSystem(memorySummary(current, followed?.title ?? '', trans));
      },
    });
    commands.addCommand(CommandIds.toggleBadges, {
      label: trans.__('Show Memory Under Cells'),
      isToggled: () => settings.value.badges,
      execute: () => settings.set('badges', !settings.value.badges),
    });
    commands.addCommand(CommandIds.toggleStatusBar, {
      label: trans.__('Show Memory in Status Bar'),
      isToggled: () => settings.value.statusBar,
      execute: () => settings.set('statusBar', !settings.value.statusBar),
    });
    commands.addCommand(CommandIds.openSettings, {
      label: trans.__('Memory Settings…'),
      isEnabled: () => commands.hasCommand('settingeditor:open'),
      execute: () => commands.execute('settingeditor:open', { query: trans.__('Memory') }),
    });
    notebooks?.activeCellChanged.connect(() => commands.notifyCommandChanged(CommandIds.showCell));
    settings.changed.connect(() => {
      commands.notifyCommandChanged(CommandIds.toggleBadges);
      commands.notifyCommandChanged(CommandIds.toggleStatusBar);
    });
    for (const command of Object.values(CommandIds)) palette?.addItem({ command, category: trans.__('Memory') });
  },
};

/** `tour-20261121-153600.heapsnapshot`: no earlier one is in the way. */
function snapshotName(title: string): string {
  const stem = title.replace(/\.ipynb$/, '').replace(/[^\p{L}\p{N}_-]+/gu, '-');
  const time = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  return `${stem === '' ? 'heap' : stem}-${time}.heapsnapshot`;
}

/** Does something with the followed kernel's memory, connecting to it first where nothing did. */
async function withKernel<T>(models: IMemoryModels, work: (model: MemoryModel) => Promise<T>): Promise<T | null> {
  const model = models.current;
  if (model === null) return null;
  const watching = model.watch({ topics: [] });
  try {
    await model.settled();
    return await work(model);
  } finally {
    watching.dispose();
  }
}

async function freeNames(
  model: MemoryModel,
  panel: IMemoryPanel,
  args: ReadonlyPartialJSONObject,
  title: string,
): Promise<void> {
  await model.variables.refresh();
  const given = args['names'];
  const names = Array.isArray(given)
    ? given.map(String)
    : model.variables.chosen.size > 0
      ? [...model.variables.chosen]
      : await chooseNames(model, title);
  if (names.length > 0) await panel.free(model, names);
}

async function chooseNames(model: MemoryModel, title: string): Promise<string[]> {
  const rows = arrangeVariables(model.variables.snapshot?.record.variables ?? [], { filter: '', order: 'size' });
  const { value } = await InputDialog.getMultipleItems({ title, items: rows.map(({ name }) => name) });
  return value ?? [];
}
