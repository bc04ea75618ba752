/** Tells that cells of an open notebook were edited, added or removed. */
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { Signal, type ISignal } from '@lumino/signaling';

export class NotebookEdits {
  readonly #changed = new Signal<this, void>(this);

  constructor(notebooks: INotebookTracker | null) {
    const attend = ({ content }: NotebookPanel): void => {
      content.modelContentChanged.connect(() => this.#changed.emit());
    };
    notebooks?.forEach(attend);
    notebooks?.widgetAdded.connect((_, panel) => attend(panel));
  }

  get changed(): ISignal<this, void> {
    return this.#changed;
  }
}
