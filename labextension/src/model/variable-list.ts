/** The list of a kernel's variables as far as it is known, and which of them are chosen. */
import type { EventMap, VariablesRecord } from '@heapmark/protocol';
import type { KernelLink } from '../client/link.js';
import { lacksRows, type VariablesSnapshot } from './variables.js';

export interface VariableListOptions {
  changed(aspect: 'variables' | 'chosen'): void;
  failed(error: unknown): void;
  /** When the running cell began, milliseconds since 1970-01-01 UTC; null while none runs. */
  runningSince(): number | null;
}

export class VariableList {
  readonly #link: KernelLink;
  readonly #options: VariableListOptions;
  readonly #chosen = new Set<string>();
  #snapshot: VariablesSnapshot | null = null;
  #listsAll = false;
  #fetching = false;
  #isOutdated = false;

  constructor(link: KernelLink, options: VariableListOptions) {
    this.#link = link;
    this.#options = options;
  }

  /** The list; stale while the kernel cannot tell or a cell runs that began after it. */
  get snapshot(): VariablesSnapshot | null {
    const snapshot = this.#snapshot;
    if (snapshot === null || snapshot.stale) return snapshot;
    const running = this.#options.runningSince();
    const stale = this.#link.state.kind !== 'ready' || (running !== null && running >= snapshot.asOf);
    return stale ? { ...snapshot, stale } : snapshot;
  }

  /** Names of the variables chosen for freeing; all of them exist. */
  get chosen(): ReadonlySet<string> {
    return this.#chosen;
  }

  /** Whether the whole list was asked for; a kernel may announce only the largest. */
  get listsAll(): boolean {
    return this.#listsAll;
  }

  choose(names: Iterable<string>, chosen: boolean): void {
    for (const name of names) {
      if (chosen) this.#chosen.add(name);
      else this.#chosen.delete(name);
    }
    this.#options.changed('chosen');
  }

  /** Asks for the whole list, now and whenever it changes. */
  listAll(): void {
    this.#listsAll = true;
    this.fetch();
  }

  /** Asks for the list once; what fails is told. */
  fetch(): void {
    this.refresh().catch(this.#options.failed);
  }

  /** Asks for the list once, whether or not it is shown. */
  async refresh(): Promise<void> {
    this.#take(await this.#link.request('variables', {}));
  }

  /**
   * Has every size measured in a heap snapshot, which stops the runtime meanwhile.
   * @param force - whatever it costs
   */
  async measure(force: boolean, signal: AbortSignal): Promise<VariablesRecord> {
    const answer = await this.#link.request('variables', { exact: true, force }, signal);
    this.#take(answer);
    return answer.record;
  }

  /** The kernel told of a change by itself: of its largest variables only, where there are many. */
  announced({ record, asOf }: EventMap['variables']): void {
    if (!this.#listsAll || !lacksRows(record)) {
      this.#take({ record, asOf, stale: false });
      return;
    }
    // The largest show at once; the others stand as they were until they have been asked for.
    const known = this.#snapshot;
    if (known !== null)
      this.#take({
        record: withLargest(known.record, record),
        asOf,
        stale: false,
        restAsOf: known.restAsOf ?? known.asOf,
      });
    this.#fetchSoon();
  }

  /** One answer at a time: a change meanwhile asks once more. */
  #fetchSoon(): void {
    if (this.#fetching) {
      this.#isOutdated = true;
      return;
    }
    this.#fetching = true;
    this.refresh()
      .catch(this.#options.failed)
      .finally(() => {
        this.#fetching = false;
        if (!this.#isOutdated) return;
        this.#isOutdated = false;
        this.#fetchSoon();
      });
  }

  /** What the old runtime held is gone. */
  clear(): void {
    this.#snapshot = null;
    this.#chosen.clear();
    this.#tell();
  }

  #take(snapshot: VariablesSnapshot): void {
    if (this.#snapshot !== null && snapshot.asOf < this.#snapshot.asOf) return;
    this.#snapshot = snapshot;
    if (!lacksRows(snapshot.record)) this.#forgetChosen(snapshot);
    this.#tell();
  }

  #tell(): void {
    this.#options.changed('variables');
    this.#options.changed('chosen');
  }

  #forgetChosen(snapshot: VariablesSnapshot): void {
    const names = new Set(snapshot.record.variables.map(({ name }) => name));
    for (const name of this.#chosen) if (!names.has(name)) this.#chosen.delete(name);
  }
}

/** The known list with the rows of a newer one that holds only the largest. */
function withLargest(known: VariablesRecord, largest: VariablesRecord): VariablesRecord {
  const newer = new Set(largest.variables.map(({ name }) => name));
  const rest = known.variables.filter(({ name }) => !newer.has(name));
  return { ...largest, variables: [...largest.variables, ...rest] };
}
