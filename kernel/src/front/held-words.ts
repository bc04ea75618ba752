/**
 * Standard error of the runtime, with what V8 and Node say as they give up held back: a page of addresses is no help in a
 * notebook, and the cell's error says it better. Held text whose process lives on is let go, since it was the user's.
 */

/** What a line begins with when a process is about to abort. */
const OPENINGS = ['<--- Last few GCs --->', 'FATAL ERROR: ', '# Fatal error in ', '# Fatal JavaScript '];
const LONGEST_OPENING = Math.max(...OPENINGS.map((each) => each.length));
/** An abort that does not follow within this many ms was none. */
const HELD_MS = 1_500;
/** Longest text held back, UTF-16 units; longer is not what V8 says. */
const LONGEST_HELD = 64 * 1024;

export class HeldWords {
  private held = '';
  private atLineStart = true;
  private timer: NodeJS.Timeout | null = null;

  /** @param release takes text that is to be shown. */
  constructor(private readonly release: (text: string) => void) {}

  push(text: string): void {
    if (this.held !== '') {
      this.held += text;
      // What only began like it is told apart now.
      if (this.held.length > LONGEST_HELD || opening(this.held, true) === -1) this.letGo();
      return;
    }
    const at = opening(text, this.atLineStart);
    if (at !== 0) this.show(at === -1 ? text : text.slice(0, at));
    if (at === -1) return;
    this.held = text.slice(at);
    this.timer = setTimeout(() => this.letGo(), HELD_MS);
  }

  /** The process lives: what was held was the user's own. */
  letGo(): void {
    const text = this.take();
    if (text !== '') this.show(text);
  }

  /** Gives what is held, to be shown or not. */
  take(): string {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const text = this.held;
    this.held = '';
    return text;
  }

  private show(text: string): void {
    this.atLineStart = text.endsWith('\n');
    this.release(text);
  }
}

/** Where a line begins that may be the first of last words, also one that is not complete yet; -1 when none does. */
function opening(text: string, atLineStart: boolean): number {
  for (const { index } of text.matchAll(/^[<F#]/gm)) {
    if (index === 0 && !atLineStart) continue;
    const rest = text.slice(index, index + LONGEST_OPENING);
    if (OPENINGS.some((each) => rest.startsWith(each) || each.startsWith(rest))) return index;
  }
  return -1;
}
