/** A notification before memory runs out, with a way to free what is largest. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import type { Aspect, MemoryModel } from '../model/memory-model.js';
import { IMemoryModels, IMemorySettings } from '../tokens.js';
import { CommandIds } from './command-ids.js';

export const warningsPlugin: JupyterFrontEndPlugin<void> = {
  id: '@heapmark/labextension:warnings',
  description: 'Warns before the memory of the active kernel runs out.',
  autoStart: true,
  requires: [IMemoryModels, IMemorySettings],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    models: IMemoryModels,
    settings: IMemorySettings,
    translator: ITranslator | null,
  ) => {
    const trans = (translator ?? nullTranslator).load('heapmark');
    let followed: { model: MemoryModel; watching: IDisposable } | null = null;
    const onChange = ({ warning }: MemoryModel, aspect: Aspect): void => {
      if (aspect !== 'warning' || warning === null) return;
      const largest = warning.largest ?? [];
      const actions =
        largest.length === 0
          ? []
          : [
              {
                label: trans.__('Free…'),
                callback: () => void app.commands.execute(CommandIds.free, { names: largest.map(({ name }) => name) }),
              },
            ];
      Notification.warning(warning.text, { autoClose: false, actions });
    };
    const leave = (): void => {
      followed?.model.changed.disconnect(onChange);
      followed?.watching.dispose();
      followed = null;
    };
    const follow = async (): Promise<void> => {
      const connection = models.followed?.connection ?? null;
      const isOn = settings.value.warnings && connection !== null && (await models.announced(connection));
      if ((models.followed?.connection ?? null) !== connection) return;
      const model = isOn ? models.of(connection) : null;
      if (model === (followed?.model ?? null)) return;
      leave();
      if (model === null) return;
      model.changed.connect(onChange);
      followed = { model, watching: model.watch({ topics: ['warning'] }) };
    };
    models.followedChanged.connect(() => void follow());
    settings.changed.connect(() => void follow());
    void follow();
  },
};
