import type { Memory } from '../memory/index.js';
import type { RuntimeContext } from '../runtime/context.js';

/** Rows in an event: what a panel shows before anybody asks for more. */
const ROWS = 200;

/**
 * Tells the front the list of variables when cells have run and none is queued, if anybody shows it. The walk takes its
 * time budget at most, in a task of its own, after the cell's reply.
 */
export class VariableEvents {
  private changed = true;
  private wanted = false;
  private calm = true;
  private planned: NodeJS.Immediate | null = null;

  constructor(
    private readonly runtime: Pick<RuntimeContext, 'emit' | 'isRunning' | 'settings'>,
    private readonly memory: Pick<Memory, 'variables'>,
  ) {
    this.wanted = runtime.settings.variablesWanted;
  }

  /** Names or values may have changed. */
  touch(): void {
    this.changed = true;
    this.plan();
  }

  /** Whether no cell is queued. */
  quiet(calm: boolean): void {
    this.calm = calm;
    this.plan();
  }

  /** Whether anybody shows variables; who begins to look gets the list at once. */
  want(wanted: boolean): void {
    if (wanted && !this.wanted) this.changed = true;
    this.wanted = wanted;
    this.plan();
  }

  private plan(): void {
    if (!this.changed || !this.wanted || !this.calm || this.planned !== null) return;
    this.planned = setImmediate(() => {
      this.planned = null;
      // A cell that began meanwhile calls `touch` when it ends.
      if (!this.changed || !this.wanted || !this.calm || this.runtime.isRunning()) return;
      this.changed = false;
      this.runtime.emit({
        name: 'variables',
        params: { record: this.memory.variables({ limit: ROWS }), asOf: Date.now() },
      });
    });
  }
}
