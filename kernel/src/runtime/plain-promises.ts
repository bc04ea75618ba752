/**
 * Promises that print as in plain Node. Versions of Node whose async context is built on async hooks leave notes on each
 * promise, as enumerable symbols that `console.log` would show; they are hidden when a promise is first printed.
 */
import { inspect } from 'node:util';

const NOTES = new Set(['async_id_symbol', 'trigger_async_id_symbol', 'kResourceStore', 'asyncId', 'triggerId']);

/** Installs the hiding. */
export function printPromisesPlainly(): void {
  const prototype: object = Promise.prototype;
  Object.defineProperty(prototype, inspect.custom, {
    configurable: true,
    writable: true,
    enumerable: false,
    value: hideNotes,
  });
}

/** An inspection method that gives its own object is answered by the usual text. */
function hideNotes(this: object): object {
  for (const symbol of Object.getOwnPropertySymbols(this)) {
    if (!NOTES.has(symbol.description ?? '')) continue;
    const descriptor = Object.getOwnPropertyDescriptor(this, symbol);
    if (descriptor?.configurable && descriptor.enumerable) Object.defineProperty(this, symbol, { enumerable: false });
  }
  return this;
}
