/** What later cells know of earlier ones: which names exist, and the declarations that stand for them. */
import type { DeclarationKind } from '../ipc/cell.js';
import { augments, withoutKeys } from './augmentations.js';
import type { NameForm, TopLevelNames } from './declared-names.js';
import type { VirtualHost } from './virtual-host.js';

/** A name that later cells can use. */
export interface KnownName {
  /** The file that declares it. */
  slot: number;
  form: NameForm;
  /** `null` for what exists in types only. */
  kind: DeclarationKind | null;
}

/** A compiled cell whose run is not over. */
export interface PendingCell {
  executionCount: number;
  names: TopLevelNames;
  /** Declaration file of the cell; empty until {@link CompilerService.describe} has made it. */
  declarations: string;
  moduleName: string | null;
  /** What it adds to the types of others, by {@link augmentedKeys}. */
  augmented: ReadonlySet<string>;
}

/** Slots at the start. When all are taken by names that still exist, as many are added. */
const FIRST_SLOTS = 32;

const globalOf = (slot: number): string => `__heapmark_cell_${slot}`;

export class Notebook {
  private readonly names = new Map<string, KnownName>();
  private readonly freed = new Map<string, number>();
  private readonly texts: string[] = [];
  /** Slots that add to the types of others: they matter when none of their names does. */
  private readonly augmenting = new Set<number>();
  private readonly free: number[];
  private slots: number;

  constructor(
    private readonly host: VirtualHost,
    slots = FIRST_SLOTS,
  ) {
    this.slots = slots;
    this.free = host.addSlots(slots);
  }

  get known(): ReadonlyMap<string, KnownName> {
    return this.names;
  }

  kindOf(name: string): DeclarationKind | null {
    return this.names.get(name)?.kind ?? null;
  }

  /** Execution count of the cell in which a name was freed. */
  freedIn(name: string): number | undefined {
    return this.freed.get(name);
  }

  /** The cell has run: its types exist, and of its other names those that were initialised. */
  settle(cell: PendingCell, defined: readonly string[]): void {
    const { names, declarations, moduleName, augmented } = cell;
    const reached = new Set(defined);
    const values = names.values.filter(({ name }) => reached.has(name));
    const types = [...names.types].filter(
      (name) => !names.values.some((value) => value.name === name && !reached.has(name)),
    );
    this.supersede(augmented);
    if (values.length + types.length + augmented.size === 0) return;
    const slot = this.takeSlot();
    if (augmented.size > 0) this.augmenting.add(slot);
    this.texts[slot] = declarations;
    this.show(slot, declarations);
    if (moduleName !== null) this.host.setCellModule(moduleName, declarations);
    const add = (name: string, kind: DeclarationKind | null): void => {
      this.names.set(name, { slot, form: names.forms.get(name) ?? 'alias', kind });
      this.freed.delete(name);
    };
    for (const name of types) add(name, this.keptKind(name));
    for (const { name, kind } of values) add(name, kind);
  }

  /** Looks at a cell as if what earlier ones added to the types of others by the same keys were not there. */
  without<T>(keys: ReadonlySet<string>, look: () => T): T {
    const changed = this.reduced(keys);
    for (const [slot, text] of changed) this.show(slot, text);
    try {
      return look();
    } finally {
      for (const [slot] of changed) this.show(slot, this.texts[slot] ?? '');
    }
  }

  /** A cell that ran has said anew what earlier ones said of the types of others. */
  private supersede(keys: ReadonlySet<string>): void {
    for (const [slot, text] of this.reduced(keys)) {
      this.texts[slot] = text;
      this.show(slot, text);
      if (!augments(text)) this.augmenting.delete(slot);
    }
  }

  /** Slots that add something of the keys, with the text that is left without it. */
  private reduced(keys: ReadonlySet<string>): [slot: number, text: string][] {
    if (keys.size === 0) return [];
    return [...this.augmenting].flatMap((slot): [number, string][] => {
      const text = withoutKeys(this.texts[slot] ?? '', keys);
      return text === this.texts[slot] ? [] : [[slot, text]];
    });
  }

  private show(slot: number, declarations: string): void {
    this.host.setSlot(slot, `${declarations}\nexport as namespace ${globalOf(slot)};\n`);
  }

  /** A type may share its name with a value of an earlier cell, which it leaves alone. */
  private keptKind(name: string): DeclarationKind | null {
    return this.names.get(name)?.kind ?? null;
  }

  forget(names: Iterable<string>, executionCount: number): void {
    for (const name of names) {
      if (this.names.delete(name)) this.freed.set(name, executionCount);
    }
  }

  reset(): void {
    this.names.clear();
    this.freed.clear();
    this.augmenting.clear();
    this.reclaim();
  }

  /** Declarations, in the words of a cell, of those earlier names that it uses and does not declare itself. */
  prelude(used: Iterable<string>, declared: ReadonlySet<string>, typesDeclared: ReadonlySet<string>): string {
    const lines: string[] = [];
    for (const name of used) {
      const known = this.names.get(name);
      if (known === undefined || declared.has(name)) continue;
      const from = `${globalOf(known.slot)}.${name}`;
      if (known.form !== 'alias') lines.push(`declare ${known.form} ${name}: typeof ${from};`);
      else if (!typesDeclared.has(name)) lines.push(`import ${name} = ${from};`);
    }
    return lines.join('\n');
  }

  private takeSlot(): number {
    if (this.free.length === 0) this.reclaim();
    if (this.free.length === 0) {
      this.free.push(...this.host.addSlots(this.slots));
      this.slots *= 2;
    }
    return this.free.pop() as number;
  }

  /** Empties the slots that no name needs any longer, not even through the types of another. */
  private reclaim(): void {
    const needed = new Set<number>();
    const need = (slot: number): void => {
      if (needed.has(slot)) return;
      needed.add(slot);
      for (const [, other] of (this.texts[slot] ?? '').matchAll(/__heapmark_cell_(\d+)/g)) need(Number(other));
    };
    for (const { slot } of this.names.values()) need(slot);
    for (const slot of this.augmenting) need(slot);
    this.texts.forEach((text, slot) => {
      if (needed.has(slot) || text === '') return;
      this.texts[slot] = '';
      this.host.setSlot(slot, '');
      this.free.push(slot);
    });
  }
}
