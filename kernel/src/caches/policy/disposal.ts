/** What happens to values that a cache lets go of. */
import { types } from 'node:util';

/** Why an entry left: pushed out by a bound, too old, or at the owner's word. */
export type RemovalReason = 'evicted' | 'expired' | 'cleared' | 'deleted' | 'replaced';

export type Dispose<V> = (value: V, reason: RemovalReason) => unknown;

/** Containers are searched for disposable values this deep: a model's list of tensors, not a whole graph. */
const DEEPEST = 3;

type Disposable_ = { dispose?: unknown; isDisposed?: unknown; [Symbol.dispose]?: unknown };

/**
 * Disposes what has a `[Symbol.dispose]()` or a `dispose()` method (tensors of TensorFlow.js among them), also inside
 * arrays, Maps, Sets and plain objects. What says that it `isDisposed` is left alone.
 */
export function disposeValue(value: unknown, depth = 0): void {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return;
  const { isDisposed } = value as Disposable_;
  if (isDisposed === true) return;
  const method =
    (value as Disposable_)[Symbol.dispose ?? Symbol.for('Symbol.dispose')] ?? (value as Disposable_).dispose;
  if (typeof method === 'function') {
    Reflect.apply(method, value, []);
    return;
  }
  if (depth >= DEEPEST) return;
  for (const part of partsOf(value)) disposeValue(part, depth + 1);
}

function partsOf(value: object): Iterable<unknown> {
  if (Array.isArray(value)) return value as unknown[];
  if (types.isMap(value)) return value.values();
  if (types.isSet(value)) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? (Object.values(value) as unknown[]) : [];
}

/**
 * Runs a disposer for each value when the last entry that holds it has gone. It runs after the cache's own state is whole,
 * so it may use the cache; an error it throws becomes a warning of the process, and the other values are disposed.
 */
export class Disposer<V> {
  private readonly holders = new Map<V, number>();

  constructor(private readonly dispose: Dispose<V>) {}

  hold(value: V): void {
    this.holders.set(value, (this.holders.get(value) ?? 0) + 1);
  }

  release(value: V, reason: RemovalReason): void {
    const left = (this.holders.get(value) ?? 1) - 1;
    if (left > 0) {
      this.holders.set(value, left);
      return;
    }
    this.holders.delete(value);
    if (types.isPromise(value)) {
      // What the caller was given is a promise; what is to be disposed is what it brings.
      value.then((result) => this.run(result as V, reason)).catch(() => undefined);
    } else {
      this.run(value, reason);
    }
  }

  private run(value: V, reason: RemovalReason): void {
    try {
      const done = this.dispose(value, reason);
      if (types.isPromise(done)) done.catch(warn);
    } catch (error) {
      warn(error);
    }
  }
}

function warn(error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  process.emitWarning(`A value that left a cache could not be disposed: ${reason}`, {
    code: 'HEAPMARK_DISPOSE',
    detail: error instanceof Error ? (error.stack ?? '') : '',
  });
}
