/** What the plugins of this extension offer each other, and other extensions. */
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type { Kernel } from '@jupyterlab/services';
import type { CellRecord } from '@heapmark/protocol';
import type { FollowedDocument } from './kernels/followed.js';
import type { MemoryModel } from './model/memory-model.js';
import type { Settings } from './model/settings.js';

/** The memory models of the kernels, one for each however many documents use it. */
export interface IMemoryModels {
  /** The notebook or console that was active last. */
  readonly followed: FollowedDocument | null;
  readonly followedChanged: ISignal<IMemoryModels, void>;
  /** The model of the followed document's kernel. */
  readonly current: MemoryModel | null;
  /** The model of a kernel; it lives as long as the connection. */
  of(connection: Kernel.IKernelConnection): MemoryModel;
  /** Whether a kernel may be asked for its memory although nobody opened the panel on it. */
  announced(connection: Kernel.IKernelConnection): Promise<boolean>;
}

export const IMemoryModels = new Token<IMemoryModels>(
  '@heapmark/labextension:IMemoryModels',
  'Live memory figures of each kernel that speaks the heapmark.memory protocol.',
);

/** The settings of the extension. */
export interface IMemorySettings {
  readonly value: Settings;
  readonly changed: ISignal<IMemorySettings, Settings>;
  /** Writes one setting for this user. */
  set(key: keyof Settings, value: boolean): Promise<void>;
}

export const IMemorySettings = new Token<IMemorySettings>(
  '@heapmark/labextension:IMemorySettings',
  'Settings of the memory panel, the badges and the status item.',
);

/** The panel, for those that bring it to the front. */
export interface IMemoryPanel {
  readonly isVisible: boolean;
  /** Brings the panel to the front. */
  show(): void;
  /** Brings the panel to the front with a run of a cell of the followed kernel in sight. */
  showRun(run: CellRecord): void;
  /** Asks, then frees variables of a kernel; what came of it stands in the panel. */
  free(model: MemoryModel, names: readonly string[]): Promise<void>;
}

export const IMemoryPanel = new Token<IMemoryPanel>(
  '@heapmark/labextension:IMemoryPanel',
  'The Memory panel in the right sidebar.',
);
