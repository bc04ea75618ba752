/**
 * The user's names. Each top-level name of the notebook is one {@link Binding} for as long as the runtime lives:
 * cells, closures of earlier cells and later declarations of the same name share it, so a value that is freed here is
 * held by no hidden copy anywhere.
 */
import type { BindingSlot, DeclarationKind } from '../ipc/cell.js';
import type { CellTag } from '../ipc/messages.js';
import { NO_CELL } from './cell-run.js';
import type { GlobalEntry, GlobalsView } from './context.js';

/**
 * A name. `v` is an own property while the name has a value, so that compiled code reads it at the speed of a field;
 * otherwise the accessor of the prototype answers. `v` is the last property added: deleting it takes the object back to
 * its earlier shape and never to a slow one.
 */
class Binding implements BindingSlot {
  declare v: unknown;
  constructor(
    readonly name: string,
    readonly home: Globals,
  ) {}
}

Object.defineProperty(Binding.prototype, 'v', {
  configurable: false,
  enumerable: false,
  get(this: Binding): unknown {
    return this.home.readMissing(this.name);
  },
  set(this: Binding, value: unknown) {
    this.home.writeMissing(this.name, value);
  },
});

interface Entry {
  readonly binding: Binding;
  /** `null` while the name is only used, not declared. */
  declared: { kind: DeclarationKind; owner: CellTag } | null;
  freed: boolean;
  /** A cell that declares it is running, and its declaration may not have run yet. */
  awaited: boolean;
}

const hasValue = (binding: Binding): boolean => Object.hasOwn(binding, 'v');

/** The registry of bindings. */
export class Globals implements GlobalsView {
  private readonly names = new Map<string, Entry>();
  private readonly atStart: ReadonlySet<PropertyKey>;
  private definedCount = 0;

  /** @param forgotten is told the names that were freed, for the compiler to forget them too. */
  constructor(
    private readonly forgotten: (names: string[], reason: 'free' | 'reset') => void,
    private readonly globalObject: object = globalThis,
  ) {
    this.atStart = new Set(Reflect.ownKeys(globalObject));
    settleShape(this);
  }

  /** The one binding of a name, made on first use. */
  binding(name: string): BindingSlot {
    return this.entry(name).binding;
  }

  /** Gives a name its value: the declaration of `kind` in the cell of `owner` has run. */
  define(slot: BindingSlot, value: unknown, kind: DeclarationKind, owner: CellTag): void {
    const entry = this.entry(slot.name);
    entry.declared = { kind, owner };
    entry.freed = false;
    if (hasValue(entry.binding)) {
      entry.binding.v = value;
      return;
    }
    Object.defineProperty(entry.binding, 'v', { value, writable: true, enumerable: true, configurable: true });
    this.definedCount += 1;
  }

  /** A cell that declares these names begins (or has ended): until they have a value, reading them is too early. */
  awaitDeclaration(names: readonly string[], awaited: boolean): void {
    for (const name of names) this.entry(name).awaited = awaited;
  }

  isDefined(name: string): boolean {
    const entry = this.names.get(name);
    return entry !== undefined && hasValue(entry.binding);
  }

  get size(): number {
    return this.definedCount;
  }

  get(name: string): GlobalEntry | undefined {
    const entry = this.names.get(name);
    return entry === undefined ? undefined : describe(entry);
  }

  *entries(): Iterable<GlobalEntry> {
    for (const entry of this.names.values()) {
      const described = describe(entry);
      if (described?.defined) yield described;
    }
  }

  free(names: readonly string[], reason: 'free' | 'reset'): string[] {
    const gone: string[] = [];
    for (const name of names) {
      const entry = this.names.get(name);
      if (entry !== undefined && hasValue(entry.binding)) {
        delete entry.binding.v;
        entry.freed = true;
        this.definedCount -= 1;
        gone.push(name);
      } else if (entry === undefined && this.isAdded(name) && Reflect.deleteProperty(this.globalObject, name)) {
        gone.push(name);
      }
    }
    if (gone.length > 0) this.forgotten(gone, reason);
    return gone;
  }

  addedToGlobalThis(): GlobalEntry[] {
    const added: GlobalEntry[] = [];
    for (const name of Object.getOwnPropertyNames(this.globalObject)) {
      if (!this.isAdded(name)) continue;
      const value: unknown = Object.getOwnPropertyDescriptor(this.globalObject, name)?.value;
      const kind = typeof value === 'function' ? 'function' : 'var';
      added.push({ name, kind, owner: NO_CELL, defined: true, value });
    }
    return added;
  }

  /** What `x` reads when it has no value: a global of Node by that name, else a ReferenceError. */
  readMissing(name: string): unknown {
    if (this.isNodes(name)) return Reflect.get(this.globalObject, name);
    throw new ReferenceError(this.whyMissing(name));
  }

  /** `x = value` where `x` has no value. A name is made by its declaration only, so that a freed one stays freed. */
  writeMissing(name: string, value: unknown): void {
    if (this.isNodes(name)) {
      Reflect.set(this.globalObject, name, value);
      return;
    }
    throw new ReferenceError(this.whyMissing(name));
  }

  private whyMissing(name: string): string {
    const entry = this.names.get(name);
    if (entry?.awaited) return `Cannot access '${name}' before initialization`;
    if (entry?.freed) return `${name} was freed`;
    return `${name} is not defined`;
  }

  /** A name that no cell declares but Node, or user code on `globalThis`, has. */
  private isNodes(name: string): boolean {
    const entry = this.names.get(name);
    return entry?.declared === null && !entry.awaited && name in this.globalObject;
  }

  private isAdded(name: string): boolean {
    return !this.atStart.has(name) && Object.hasOwn(this.globalObject, name);
  }

  private entry(name: string): Entry {
    let entry = this.names.get(name);
    if (entry === undefined) {
      entry = { binding: new Binding(name, this), declared: null, freed: false, awaited: false };
      this.names.set(name, entry);
    }
    return entry;
  }
}

function describe(entry: Entry): GlobalEntry | undefined {
  if (entry.declared === null) return undefined;
  const defined = hasValue(entry.binding);
  return {
    name: entry.binding.name,
    kind: entry.declared.kind,
    owner: entry.declared.owner,
    defined,
    value: defined ? entry.binding.v : undefined,
  };
}

/**
 * Brings the shape that all bindings share to its most general form before user code runs: V8 would otherwise
 * generalise the field for each new kind of value and throw away optimised code that relied on the narrower one.
 */
function settleShape(home: Globals): void {
  for (const value of [1, 0.5, 'text', {}, undefined]) {
    const binding = new Binding('', home);
    Object.defineProperty(binding, 'v', { value, writable: true, enumerable: true, configurable: true });
    binding.v = 2 ** 40;
    binding.v = null;
  }
}
