/** Looks at the runtime's resident memory while a cell runs: a read of the system's that disturbs nobody. */

/** Time between two looks, ms. Cells that end sooner are not looked at. */
const EVERY_MS = 25;

export class MemoryWatch {
  private timer: NodeJS.Timeout | null = null;

  /** @param look is called at each tick. */
  constructor(private readonly look: () => void) {}

  setBusy(busy: boolean): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = busy ? setInterval(this.look, EVERY_MS) : null;
  }
}
