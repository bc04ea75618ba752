/** What earlier frees left behind, known by weak references alone, so that it can still be asked who holds it. */
import type { FreedText } from '../../ipc/heap.js';
import type { Watched } from './survivors.js';

/** Names whose survivors are remembered: the last ones that were freed. */
const MOST_NAMES = 32;
/** Survivors of one name. */
const MOST_PARTS = 8;

/** What lived on of one name when it was freed. */
export interface Leftovers {
  name: string;
  values: readonly Watched[];
  texts: readonly FreedText[];
}

export class FreedNames {
  private readonly known = new Map<string, Leftovers>();

  /** A free is over. Names of which all went are forgotten. */
  remember(name: string, values: readonly Watched[], texts: readonly FreedText[]): void {
    this.known.delete(name);
    if (values.length + texts.length === 0) return;
    this.known.set(name, { name, values: values.slice(0, MOST_PARTS), texts });
    for (const oldest of this.known.keys()) {
      if (this.known.size <= MOST_NAMES) break;
      this.known.delete(oldest);
    }
  }

  /** By a freed name, or by a part as `%free` writes it (`report.rows`); `null` when nothing of it lived on. */
  find(asked: string): Leftovers | null {
    const whole = this.known.get(asked);
    if (whole !== undefined) return whole;
    for (const { name, values } of this.known.values()) {
      const part = values.find((watched) => watched.name === asked);
      if (part !== undefined) return { name, values: [part], texts: [] };
    }
    return null;
  }
}
