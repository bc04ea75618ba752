/** What the sections need of the world around the panel. */
import type { CellRecord, CellRef } from '@heapmark/protocol';
import type { ISignal } from '@lumino/signaling';
import { createContext, useContext } from 'react';
import type { Translation } from '../format.js';
import type { RunningKernels } from '../kernels/running-kernels.js';
import type { CellNow } from '../kernels/cell-navigation.js';
import type { MemoryModel } from '../model/memory-model.js';
import type { PanelState } from '../model/panel-state.js';
import type { Settings } from '../model/settings.js';

export interface PanelServices {
  readonly trans: Translation;
  readonly state: PanelState;
  readonly settings: Settings;
  /** All running kernels of the server. */
  readonly kernels: RunningKernels;
  /** Shows a cell; says on the screen when it is gone. */
  goToCell(model: MemoryModel, cell: CellRef): void;
  /** How a run's cell stands in the notebook now. */
  cellNow(model: MemoryModel, run: CellRecord): CellNow;
  /** Cells were edited, added or removed. */
  readonly cellEdits: ISignal<unknown, void>;
  /** Frees variables once the person has confirmed it. */
  free(model: MemoryModel, names: readonly string[]): void;
}

export const PanelContext = createContext<PanelServices | null>(null);

export function usePanel(): PanelServices {
  const services = useContext(PanelContext);
  if (services === null) throw new Error('A section of the memory panel needs a PanelContext around it.');
  return services;
}
