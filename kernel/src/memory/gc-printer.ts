/** Prints each collection as it happens (`%gc --debug on`), also those of a cell that never gives up the main thread. */
import { formatBytes, formatDuration } from '@heapmark/protocol';
import type { Collection, GcLog } from './gc-log.js';

const NAMES: Readonly<Record<Collection['kind'], string>> = {
  minor: 'minor',
  major: 'full',
  incremental: 'incremental marking',
  weakCallbacks: 'weak callbacks',
};
/** Lines that wait for a moment in which they can be written; the first are left out beyond these. */
const MOST_WAITING = 1_000;

/** `gc: minor, 1.2 ms, 22.1 MB freed, heap 34.1 → 12.0 MB`. */
export function collectionLine({ kind, forced, pauseMs, heapBefore, heapAfter }: Collection): string {
  const how = forced === true ? ', forced' : '';
  const what =
    heapBefore === null || heapAfter === null
      ? ''
      : `, ${formatBytes(Math.max(0, heapBefore - heapAfter))} freed, heap now ${formatBytes(heapAfter)}`;
  return `gc: ${NAMES[kind]}${how}, ${formatDuration(pauseMs)}${what}\n`;
}

export class GcPrinter {
  private stop: (() => void) | null = null;
  private waiting: string[] = [];

  /** @param write `false` when nothing could be written at this moment. */
  constructor(
    private readonly log: GcLog,
    private readonly write: (text: string) => boolean,
  ) {}

  get on(): boolean {
    return this.stop !== null;
  }

  set on(on: boolean) {
    if (on === this.on) return;
    this.stop?.();
    this.waiting = [];
    this.stop = on ? this.log.listen((collection) => this.told(collection)) : null;
  }

  private told(collection: Collection): void {
    this.waiting.push(collectionLine(collection));
    if (this.waiting.length > MOST_WAITING) this.waiting.shift();
    const text = this.waiting.join('');
    this.waiting = [];
    if (!this.write(text)) this.waiting = [text];
  }
}
