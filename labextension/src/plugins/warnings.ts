/** A notification before memory runs out, with a way to free what is largest. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { warningText } from '../format.js';
import type { Aspect, MemoryModel } from '../model/memory-model.js';
import { IMemoryModels, IMemoryPanel, IMemorySettings } from '../tokens.js';

export const warningsPlugin: JupyterFrontEndPlugin<void> = {
  id: '@heapmark/labextension:warnings',
  description: 'Warns before the memory of the active kernel runs out.',
  autoStart: true,
  requires: [IMemoryModels, IMemoryPanel, IMemorySettings],
  optional: [ITranslator],
  activate: (
    _: JupyterFrontEnd,
    models: IMemoryModels,
    panel: IMemoryPanel,
    settings: IMemorySettings,
    translator: ITranslator | null,
  ) => {
    const trans = (translator ?? nullTranslator).load('heapmark');
    let followed: { model: MemoryModel; watching: IDisposable } | null = null;
    const onChange = (model: MemoryModel, aspect: Aspect): void => {
      const { warning } = model;
      if (aspect !== 'warning' || warning === null) return;
      const names = warning.largest?.map(({ name }) => name) ?? [];
      const actions =
        names.length === 0
          ? []
          : [
              {
                label: trans.__('Free…'),
                // Of the kernel that warned, whichever is looked at by then.
                callback: () => void panel.free(model, names),
              },
            ];
      Notification.warning(warningText(warning, trans), { autoClose: false, actions });
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
