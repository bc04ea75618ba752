/**
 * The stores of one memoized function: one for plain calls, and one for each object that it was called on as a method. The
 * latter hang on that object alone, so a cached value that holds its object does not keep it alive.
 */
import { types } from 'node:util';
import { Statistics } from '../statistics.js';
import { Store, type StoreRules } from '../policy/store.js';

export class MemoStores<V> {
  readonly statistics = new Statistics();
  readonly plain: Store<V>;
  private perInstance = new WeakMap<object, Store<V>>();
  /** To sum sizes and to empty all of them; those of collected objects are dropped in passing. */
  private readonly others = new Set<WeakRef<Store<V>>>();

  constructor(readonly rules: StoreRules<V>) {
    this.plain = new Store(rules, this.statistics);
  }

  /** Where the results of a call on `self` belong. */
  for(self: unknown): Store<V> {
    if ((typeof self !== 'object' && typeof self !== 'function') || self === null) return this.plain;
    if (self === globalThis || types.isModuleNamespaceObject(self)) return this.plain;
    let store = this.perInstance.get(self);
    if (store === undefined) {
      store = new Store(this.rules, this.statistics);
      this.perInstance.set(self, store);
      this.others.add(new WeakRef(store));
    }
    return store;
  }

  all(): Store<V>[] {
    const alive = [this.plain];
    for (const ref of this.others) {
      const store = ref.deref();
      if (store === undefined) this.others.delete(ref);
      else alive.push(store);
    }
    return alive;
  }

  get size(): number {
    return this.all().reduce((sum, { entries }) => sum + entries.size, 0);
  }

  clear(): void {
    for (const store of this.all()) store.clear();
  }

  resize(maxSize: number): number {
    this.rules.maxSize = maxSize;
    return this.all().reduce((sum, store) => sum + store.resize(maxSize), 0);
  }
}
