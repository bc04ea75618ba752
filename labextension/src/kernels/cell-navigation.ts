/** From a record to the cell it tells of. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { CodeCell } from '@jupyterlab/cells';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { CellRecord, CellRef } from '@heapmark/protocol';

/** Characters of a line that a kernel tells at least. */
const COMPARED = 80;

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

/** How a cell stands in the notebook now, against its run. */
export interface CellNow {
  /** `unknown`: no open notebook of this kernel could have it, or nothing tells which cell it was. */
  readonly state: 'same' | 'edited' | 'deleted' | 'unknown';
  /** Its first line of code now; null when it is not there. */
  readonly firstLine: string | null;
}

/**
 * Compares a run with its cell. JupyterLab knows whether a cell's code changed since it was run last; for an earlier run,
 * or after the page was loaded anew, the first line of the code tells.
 */
export function cellNow(
  notebooks: INotebookTracker | null,
  kernelId: string,
  run: CellRef & Pick<CellRecord, 'source'>,
): CellNow {
  const found = notebooks === null ? null : findCell(notebooks, kernelId, run);
  if (found === null) {
    const isOpen = notebooks?.find((panel) => panel.sessionContext.session?.kernel?.id === kernelId) !== undefined;
    return { state: isOpen && run.cellId !== null ? 'deleted' : 'unknown', firstLine: null };
  }
  const model = found.panel.content.widgets[found.index]?.model;
  const firstLine = firstLineOf(model?.sharedModel.getSource() ?? '');
  const isEdited =
    (run.source !== null && firstLineOf(run.source) !== firstLine) ||
    (model?.type === 'code' &&
      (model as CodeCell['model']).isDirty &&
      (model as CodeCell['model']).executionCount === run.executionCount);
  return { state: isEdited ? 'edited' : 'same', firstLine };
}

/** The first line with code, as the kernel tells it. */
const firstLineOf = (source: string): string =>
  (source.split('\n').find((line) => line.trim() !== '') ?? '').trim().slice(0, COMPARED);

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
