/** The plugins of the extension, one for each feature: any of them can be turned off by itself. */
import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { badgePlugin } from './plugins/badge.js';
import { commandsPlugin } from './plugins/commands.js';
import { modelsPlugin } from './plugins/models.js';
import { panelPlugin } from './plugins/panel.js';
import { settingsPlugin } from './plugins/settings.js';
import { statusPlugin } from './plugins/status.js';
import { warningsPlugin } from './plugins/warnings.js';

export { IMemoryModels, IMemoryPanel, IMemorySettings } from './tokens.js';

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  settingsPlugin,
  modelsPlugin,
  panelPlugin,
  badgePlugin,
  statusPlugin,
  commandsPlugin,
  warningsPlugin,
] as JupyterFrontEndPlugin<unknown>[];

export default plugins;
