/** The commands, in the palette and for shortcuts, menus and other extensions. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Clipboard, ICommandPalette, InputDialog, Notification } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { memoryIcon } from '../icons.js';
import type { MemoryModel } from '../model/memory-model.js';
import { memorySummary } from '../summary.js';
import { arrangeVariables } from '../model/variables.js';
import { outcomeText } from '../sections/outcome-line.js';
import { IMemoryModels, IMemoryPanel, IMemorySettings } from '../tokens.js';
import { CommandIds } from './command-ids.js';

export const commandsPlugin: JupyterFrontEndPlugin<void> = {
  id: '@heapmark/labextension:commands',
  description: 'Commands of the memory panel.',
  autoStart: true,
  requires: [IMemoryModels, IMemoryPanel, IMemorySettings],
  optional: [ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    models: IMemoryModels,
    panel: IMemoryPanel,
    settings: IMemorySettings,
    palette: ICommandPalette | null,
    translator: ITranslator | null,
  ) => {
    const trans = (translator ?? nullTranslator).load('heapmark');
    const { commands } = app;
    const hasKernel = (): boolean => (models.followed?.connection ?? null) !== null;

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
        const outcome = await withKernel(models, (model) => model.actions.collect());
        // The panel says it too.
        if (outcome !== null && !panel.isVisible) Notification.info(outcomeText(outcome, trans), { autoClose: 5000 });
      },
    });
    commands.addCommand(CommandIds.free, {
      label: trans.__('Free Variables…'),
      caption: trans.__('Delete variables and measure what came back. The same from a cell: %free NAME'),
      isEnabled: hasKernel,
      execute: (args) => withKernel(models, (model) => freeNames(model, panel, args, trans.__('Variables to free'))),
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
    settings.changed.connect(() => {
      commands.notifyCommandChanged(CommandIds.toggleBadges);
      commands.notifyCommandChanged(CommandIds.toggleStatusBar);
    });
    for (const command of Object.values(CommandIds)) palette?.addItem({ command, category: trans.__('Memory') });
  },
};

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
