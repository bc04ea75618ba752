/**
 * Tells when the garbage collector has run: an object that nobody holds is registered; when it is gone, so may others be.
 *
 * One such object serves every weak cache of the process. A callback for each value would be simpler, but V8 runs all of them
 * in one task: for a million values that blocks for a second.
 */

/** Told after each collection that looked at weak references (a full one). */
export interface CollectionListener {
  collected(): void;
}

const listeners = new Set<WeakRef<CollectionListener>>();
let watching = false;

const registry = new FinalizationRegistry<null>(() => {
  watching = false;
  for (const ref of listeners) {
    const listener = ref.deref();
    if (listener === undefined) listeners.delete(ref);
    else listener.collected();
  }
  if (listeners.size > 0) watch();
});

function watch(): void {
  if (watching) return;
  watching = true;
  registry.register({}, null);
}

/** Tells a listener, without keeping it alive, of every collection from now on. */
export function afterCollections(listener: CollectionListener): void {
  listeners.add(new WeakRef(listener));
  watch();
}
