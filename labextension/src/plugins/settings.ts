/** The settings, read once and followed. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { Signal, type ISignal } from '@lumino/signaling';
import { defaultSettings, readSettings, type Settings } from '../model/settings.js';
import { IMemorySettings } from '../tokens.js';

class MemorySettings implements IMemorySettings {
  readonly #changed = new Signal<this, Settings>(this);
  readonly #loaded: ISettingRegistry.ISettings | null;
  #value = defaultSettings;

  constructor(loaded: ISettingRegistry.ISettings | null) {
    this.#loaded = loaded;
    if (loaded === null) return;
    this.#value = readSettings(loaded.composite);
    loaded.changed.connect(({ composite }) => {
      this.#value = readSettings(composite);
      this.#changed.emit(this.#value);
    });
  }

  get value(): Settings {
    return this.#value;
  }

  get changed(): ISignal<this, Settings> {
    return this.#changed;
  }

  async set(key: keyof Settings, value: boolean): Promise<void> {
    if (this.#loaded !== null) {
      await this.#loaded.set(key, value);
      return;
    }
    this.#value = { ...this.#value, [key]: value };
    this.#changed.emit(this.#value);
  }
}

export const settingsPlugin: JupyterFrontEndPlugin<IMemorySettings> = {
  id: '@heapmark/labextension:settings',
  description: 'Settings of the memory panel.',
  autoStart: true,
  optional: [ISettingRegistry],
  provides: IMemorySettings,
  activate: async (_: JupyterFrontEnd, registry: ISettingRegistry | null) => {
    // Without its schema, in an application that knows no settings, everything keeps its default.
    const loaded = (await registry?.load(settingsPlugin.id).catch(() => null)) ?? null;
    return new MemorySettings(loaded);
  },
};
