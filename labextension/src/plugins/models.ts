/** One memory model a kernel, for all that shows memory. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IConsoleTracker } from '@jupyterlab/console';
import { INotebookTracker } from '@jupyterlab/notebook';
import { Followed } from '../kernels/followed.js';
import { MemoryModels } from '../kernels/models.js';
import { IMemoryModels } from '../tokens.js';

export const modelsPlugin: JupyterFrontEndPlugin<IMemoryModels> = {
  id: '@heapmark/labextension:models',
  description: 'Live memory figures of the kernels.',
  autoStart: true,
  optional: [INotebookTracker, IConsoleTracker],
  provides: IMemoryModels,
  activate: (app: JupyterFrontEnd, notebooks: INotebookTracker | null, consoles: IConsoleTracker | null) => {
    const models = new MemoryModels(new Followed(app.shell, notebooks, consoles), app.serviceManager.kernels);
    window.addEventListener('pagehide', () => models.dispose());
    return models;
  },
};
