/** The line under a cell: what its last run cost. */
import type { CellRecord } from '@heapmark/protocol';
import { badgeText, cellDetails, type Translation } from '../format.js';
import { costOf } from '../model/cells.js';
import type { Settings } from '../model/settings.js';

/** Plain DOM: a notebook takes cells out of the document and puts them back, where a widget could not be attached. */
export class Badge {
  readonly node = document.createElement('div');

  constructor() {
    this.node.className = 'hm-Badge';
  }

  /** Shows a run; without a text the line takes no room. */
  set(record: CellRecord, settings: Settings, trans: Translation): void {
    const text = badgeText(record, settings.badgeParts, trans);
    this.node.textContent = text;
    this.node.title = text === '' ? '' : cellDetails(record, trans);
    this.node.hidden = text === '';
    this.node.classList.toggle('hm-mod-settling', !record.settled && record.group === null);
    this.node.classList.toggle(
      'hm-mod-much',
      settings.badgeThreshold !== null && (costOf(record) ?? 0) > settings.badgeThreshold,
    );
  }

  remove(): void {
    this.node.remove();
  }
}
