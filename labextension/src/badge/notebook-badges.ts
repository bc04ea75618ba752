/** The badges of one notebook: one in the footer of each cell that ran, kept in step with the kernel's records. */
import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { IDisposable } from '@lumino/disposable';
import type { CellRecord } from '@heapmark/protocol';
import type { Translation } from '../format.js';
import type { MemoryModel } from '../model/memory-model.js';
import type { IMemoryModels, IMemorySettings } from '../tokens.js';
import { Badge } from './badge.js';
import { readSavedBadge, savedBadgeText, writeSavedBadge } from './saved-badge.js';

export interface BadgeServices {
  readonly models: IMemoryModels;
  readonly settings: IMemorySettings;
  readonly trans: Translation;
  /** A badge was clicked. */
  readonly open: (record: CellRecord) => void;
}

export class NotebookBadges implements IDisposable {
  readonly #panel: NotebookPanel;
  readonly #models: IMemoryModels;
  readonly #settings: IMemorySettings;
  readonly #trans: Translation;
  readonly #open: (record: CellRecord) => void;
  readonly #badges = new Map<string, { badge: Badge; cell: Cell }>();
  #model: MemoryModel | null = null;
  #watching: IDisposable | null = null;
  #disposed = false;

  constructor(panel: NotebookPanel, { models, settings, trans, open }: BadgeServices) {
    this.#panel = panel;
    this.#models = models;
    this.#settings = settings;
    this.#trans = trans;
    this.#open = open;
    panel.sessionContext.kernelChanged.connect(this.#onKernel, this);
    panel.model?.cells.changed.connect(this.#showAll, this);
    settings.changed.connect(this.#onKernel, this);
    this.#onKernel();
  }

  get isDisposed(): boolean {
    return this.#disposed;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#panel.sessionContext.kernelChanged.disconnect(this.#onKernel, this);
    this.#panel.model?.cells.changed.disconnect(this.#showAll, this);
    this.#settings.changed.disconnect(this.#onKernel, this);
    this.#leave();
    this.#clear();
  }

  /** Another kernel, or badges were turned on or off. */
  async #follow(): Promise<void> {
    const connection = this.#panel.sessionContext.session?.kernel ?? null;
    const wanted = this.#settings.value.badges && connection !== null && (await this.#models.announced(connection));
    if (this.#disposed || (this.#panel.sessionContext.session?.kernel ?? null) !== connection) return;
    const model = wanted && connection !== null ? this.#models.of(connection) : null;
    if (model !== this.#model) {
      this.#leave();
      this.#clear();
      this.#model = model;
      model?.cellChanged.connect(this.#onRecord, this);
      this.#watching = model?.watch({ topics: ['cell'] }) ?? null;
    }
    this.#showAll();
  }

  #leave(): void {
    this.#model?.cellChanged.disconnect(this.#onRecord, this);
    this.#watching?.dispose();
    this.#watching = null;
    this.#model = null;
  }

  #onKernel(): void {
    void this.#follow();
  }

  #onRecord(_: MemoryModel, record: CellRecord | null): void {
    this.#save(record);
    const cell =
      record === null ? undefined : this.#panel.content.widgets.find(({ model }) => model.id === record.cellId);
    if (cell !== undefined) this.#show(cell);
    else if (record === null) this.#showAll();
  }

  #showAll(): void {
    for (const [cellId, { cell }] of this.#badges) {
      if (cell.isDisposed || (this.#recordOf(cellId) === null && this.#savedText(cell) === '')) this.#remove(cellId);
    }
    for (const cell of this.#panel.content.widgets) this.#show(cell);
  }

  #recordOf(cellId: string): CellRecord | null {
    return this.#model?.cells.latestOf(cellId) ?? null;
  }

  /** What an earlier run cost, where that was saved with the notebook and badges are shown. */
  #savedText(cell: Cell): string {
    if (!this.#settings.value.badges) return '';
    const saved = readSavedBadge(cell.model);
    return saved === null ? '' : savedBadgeText(saved, this.#settings.value.badgeParts, this.#trans);
  }

  #show(cell: Cell): void {
    const cellId = cell.model.id;
    if (this.#recordOf(cellId) === null && this.#savedText(cell) === '') return;
    const known = this.#badges.get(cellId);
    if (known?.cell === cell) this.#fill(known.badge, cell);
    else void this.#attach(cell, cellId);
  }

  #fill(badge: Badge, cell: Cell): void {
    const record = this.#recordOf(cell.model.id);
    if (record === null) badge.setSaved(this.#savedText(cell), this.#trans);
    else badge.set(record, this.#settings.value, this.#trans);
  }

  /** A cell out of sight may not have been built yet. */
  async #attach(cell: Cell, cellId: string): Promise<void> {
    this.#remove(cellId);
    const badge = new Badge({ open: this.#open });
    this.#badges.set(cellId, { badge, cell });
    await cell.ready;
    if (this.#badges.get(cellId)?.badge !== badge || cell.isDisposed) return;
    this.#fill(badge, cell);
    cell.node.querySelector('.jp-CellFooter')?.append(badge.node);
  }

  /** Writes into the notebook only where the person asked for it, and only what is final. */
  #save(record: CellRecord | null): void {
    if (record === null || !this.#settings.value.saveBadges || record.status === 'running') return;
    const cell = this.#panel.content.widgets.find(({ model }) => model.id === record.cellId);
    if (cell !== undefined) writeSavedBadge(cell.model, record);
  }

  #remove(cellId: string): void {
    this.#badges.get(cellId)?.badge.remove();
    this.#badges.delete(cellId);
  }

  #clear(): void {
    for (const cellId of [...this.#badges.keys()]) this.#remove(cellId);
  }
}
