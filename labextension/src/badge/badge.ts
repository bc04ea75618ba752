/** The line under a cell: what its last run cost. */
import type { CellRecord } from '@heapmark/protocol';
import { badgeText, cellDetails, type Translation } from '../format.js';
import { costOf } from '../model/cells.js';
import { usedBytes } from '../model/samples.js';
import type { Settings } from '../model/settings.js';

/** What a badge shows and where a click leads. */
export interface BadgeOptions {
  /** The record was clicked. */
  open(record: CellRecord): void;
}

/** Plain DOM: a notebook takes cells out of the document and puts them back, where a widget could not be attached. */
export class Badge {
  readonly node = document.createElement('div');

  #record: CellRecord | null = null;

  constructor({ open }: BadgeOptions) {
    this.node.className = 'hm-Badge';
    this.node.addEventListener('click', () => {
      if (this.#record !== null) open(this.#record);
    });
  }

  /** Shows a run; without a text the line takes no room. */
  set(record: CellRecord, settings: Settings, trans: Translation): void {
    this.#record = record;
    const text = isWorthABadge(record, settings) ? badgeText(record, settings.badgeParts, trans) : '';
    this.node.textContent = text;
    this.node.title = text === '' ? '' : `${cellDetails(record, trans)}\n${trans.__('Click: in the Memory panel')}`;
    this.node.classList.remove('hm-mod-saved');
    this.node.hidden = text === '';
    this.node.classList.toggle('hm-mod-settling', !record.settled && record.group === null);
    this.node.classList.toggle(
      'hm-mod-much',
      settings.badgeThreshold !== null && (costOf(record) ?? 0) > settings.badgeThreshold,
    );
  }

  /** Shows what was saved with the notebook, from a run of another time. */
  setSaved(text: string, trans: Translation): void {
    this.#record = null;
    this.node.textContent = text;
    this.node.title = trans.__('Saved with the notebook: from an earlier run.');
    this.node.hidden = text === '';
    this.node.classList.add('hm-mod-saved');
  }

  remove(): void {
    this.node.remove();
  }
}

/** Whether a run cost enough to be told under its cell. */
function isWorthABadge({ delta, tensorDelta, peak, before }: CellRecord, { badgeFrom }: Settings): boolean {
  if (badgeFrom === null) return true;
  const start = before === null ? null : usedBytes(before);
  const rise = peak === null || start === null ? 0 : peak - start;
  return [Math.abs(delta ?? 0), Math.abs(tensorDelta ?? 0), rise].some((bytes) => bytes >= badgeFrom);
}
