/** Limits of V8's generations for the next runtime: V8 takes them when it starts, and at no other time. */
import { formatBytes } from '@heapmark/protocol';
import type { HeapLimits } from '../ipc/messages.js';

const MIB = 1_048_576;
/** Below these a runtime cannot start, or does nothing but collect, bytes. */
const LEAST_SEMI = MIB;
const LEAST_OLD = 128 * MIB;
const MOST = 2 ** 45;

export const NO_LIMITS: HeapLimits = { semiSpace: null, oldSpace: null };

export class NextLimits {
  private wanted: HeapLimits = NO_LIMITS;
  private running: HeapLimits = NO_LIMITS;

  /** Flags for the runtime that starts now. */
  begin(): string[] {
    this.running = this.wanted;
    const { semiSpace, oldSpace } = this.running;
    return [
      ...(semiSpace === null ? [] : [`--max-semi-space-size=${semiSpace / MIB}`]),
      ...(oldSpace === null ? [] : [`--max-old-space-size=${oldSpace / MIB}`]),
    ];
  }

  /** A runtime did not come up with them: the next one is started without. */
  drop(): void {
    this.wanted = NO_LIMITS;
  }

  /** Changes what is given, bytes; `null` goes back to V8's own choice. Throws RangeError for what cannot work. */
  set({ semiSpace, oldSpace }: Partial<HeapLimits>): void {
    const wanted = {
      semiSpace: semiSpace === undefined ? this.wanted.semiSpace : checked('semi-space', semiSpace, LEAST_SEMI),
      oldSpace: oldSpace === undefined ? this.wanted.oldSpace : checked('old generation', oldSpace, LEAST_OLD),
    };
    // V8 takes the next power of two.
    if (wanted.semiSpace !== null) wanted.semiSpace = 2 ** Math.ceil(Math.log2(wanted.semiSpace));
    this.wanted = wanted;
  }

  /** What the next runtime will have that this one has not, in words; `null` for nothing. */
  pending(): string | null {
    const changes = [
      change('semi-space', this.running.semiSpace, this.wanted.semiSpace),
      change('old generation', this.running.oldSpace, this.wanted.oldSpace),
    ].filter((text) => text !== null);
    if (changes.length === 0) return null;
    return `${changes.join(', ')}: from the next start of the runtime on. %reset --runtime starts it now; every variable goes`;
  }
}

function checked(what: string, bytes: number | null, least: number): number | null {
  if (bytes === null) return null;
  if (!Number.isFinite(bytes) || bytes < least || bytes > MOST)
    throw new RangeError(
      `The limit of the ${what} is a number of bytes from ${formatBytes(least)} on, or null for V8's own choice.`,
    );
  return Math.ceil(bytes / MIB) * MIB;
}

const change = (what: string, now: number | null, then: number | null): string | null =>
  now === then ? null : `${what} ${then === null ? "of V8's own choice" : formatBytes(then)}`;
