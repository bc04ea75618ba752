/** What a new compiler must be told to know what the one before it knew. */

/** An event of the session, in order: a cell that has run, or names that are gone. */
export type Step = { code: string; executionCount: number; defined: readonly string[] } | { forget: readonly string[] };

/** See {@link SessionRecord.restoration}. */
export interface Restoration {
  /** Names that exist and of which nothing else is known. */
  untyped: string[];
  steps: Step[];
}

/** Characters of cells kept; of older ones only the names are. */
const MOST_CHARACTERS = 4_000_000;

export class SessionRecord {
  private steps: Step[] = [];
  private characters = 0;
  private readonly names = new Set<string>();
  /** Names of cells whose text was dropped. */
  private readonly untyped = new Set<string>();

  /** A cell is over: of its names these exist. */
  settled(code: string, executionCount: number, defined: readonly string[]): void {
    this.steps.push({ code, executionCount, defined });
    this.characters += code.length;
    for (const name of defined) {
      this.names.add(name);
      this.untyped.delete(name);
    }
    while (this.characters > MOST_CHARACTERS) this.dropOldest();
  }

  forgotten(names: readonly string[]): void {
    this.steps.push({ forget: names });
    for (const name of names) {
      this.names.delete(name);
      this.untyped.delete(name);
    }
  }

  clear(): void {
    this.steps = [];
    this.characters = 0;
    this.names.clear();
    this.untyped.clear();
  }

  /** @param typed `false` for the names alone: when the cells themselves may be what ended the compiler. */
  restoration(typed: boolean): Restoration {
    return typed ? { untyped: [...this.untyped], steps: this.steps } : { untyped: [...this.names], steps: [] };
  }

  private dropOldest(): void {
    const step = this.steps.shift();
    if (step === undefined || 'forget' in step) return;
    this.characters -= step.code.length;
    const later = new Set(this.steps.flatMap((each) => ('forget' in each ? each.forget : each.defined)));
    for (const name of step.defined) if (!later.has(name)) this.untyped.add(name);
  }
}
