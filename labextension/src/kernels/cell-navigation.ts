/** From a record to the cell it tells of. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { CodeCell } from '@jupyterlab/cells';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { CellRef } from '@heapmark/protocol';

/**
 * Brings the cell to the front, scrolls to it and makes it the active one: by its id, or by its number in brackets where
 * the front end that ran it sent none. Says whether the cell was there.
 */
export async function goToCell(
  shell: JupyterFrontEnd.IShell,
  notebooks: INotebookTracker,
  kernelId: string,
  cell: CellRef,
): Promise<boolean> {
  const found = findCell(notebooks, kernelId, cell);
  if (found === null) return false;
  const { panel, index } = found;
  shell.activateById(panel.id);
  const notebook = panel.content;
  notebook.mode = 'command';
  notebook.activeCellIndex = index;
  notebook.deselectAll();
  await notebook.scrollToItem(index, 'smart');
  return true;
}

/** The first line of a cell as it stands in the notebook now; `null` when it is gone. */
export function firstLineOf(notebooks: INotebookTracker | null, kernelId: string, cell: CellRef): string | null {
  const found = notebooks === null ? null : findCell(notebooks, kernelId, cell);
  const source = found?.panel.content.widgets[found.index]?.model.sharedModel.getSource();
  return source === undefined ? null : (source.split('\n').find((line) => line.trim() !== '') ?? '');
}

function findCell(
  notebooks: INotebookTracker,
  kernelId: string,
  { cellId, executionCount }: CellRef,
): { panel: NotebookPanel; index: number } | null {
  let found: { panel: NotebookPanel; index: number } | null = null;
  notebooks.forEach((panel) => {
    if (found !== null || panel.sessionContext.session?.kernel?.id !== kernelId) return;
    const index = panel.content.widgets.findIndex(({ model }) =>
      cellId !== null
        ? model.id === cellId
        : model.type === 'code' && (model as CodeCell['model']).executionCount === executionCount,
    );
    if (index !== -1) found = { panel, index };
  });
  return found;
}
