/**
 * Promises and timers that print as in plain Node. A Node that follows async context leaves notes on them, as enumerable
 * symbols that `console.log` would show; they are hidden when an object is first printed.
 */
import { inspect } from 'node:util';

/** The context itself: up to Node 22 and from Node 24 on. */
const CONTEXT = ['kResourceStore', 'kAsyncContextFrame'];
/** Promises carry ids only while async hooks are on; timers always do. */
const ON_PROMISES = new Set([...CONTEXT, 'async_id_symbol', 'trigger_async_id_symbol']);
const ON_TIMERS = new Set(CONTEXT);

/** Installs the hiding. */
export function printPlainly(): void {
  const timeout = setTimeout(() => undefined, 0);
  const immediate = setImmediate(() => undefined);
  clearTimeout(timeout);
  clearImmediate(immediate);
  hideOn(Promise.prototype, ON_PROMISES);
  hideOn(Object.getPrototypeOf(timeout) as object, ON_TIMERS);
  hideOn(Object.getPrototypeOf(immediate) as object, ON_TIMERS);
}

function hideOn(prototype: object, notes: ReadonlySet<string>): void {
  // An inspection method that gives its own object is answered by the usual text.
  const value = function (this: object): object {
    for (const symbol of Object.getOwnPropertySymbols(this)) {
      if (!notes.has(symbol.description ?? '')) continue;
      const descriptor = Object.getOwnPropertyDescriptor(this, symbol);
      if (descriptor?.configurable && descriptor.enumerable) Object.defineProperty(this, symbol, { enumerable: false });
    }
    return this;
  };
  Object.defineProperty(prototype, inspect.custom, { configurable: true, writable: true, enumerable: false, value });
}
