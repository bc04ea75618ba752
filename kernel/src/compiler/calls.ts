/** Calls of the compiler's methods between two threads. */
import type { CompilerMethods } from './contract.js';

export interface Call {
  /** `null` when no answer is wanted. */
  id: number | null;
  method: keyof CompilerMethods;
  args: unknown[];
}

export type Answer = { id: number; ok: true; value: unknown } | { id: number; ok: false; error: unknown };

/** Makes a call; `null` when no answer is wanted. */
export function answer(service: CompilerMethods, { id, method, args }: Call): Answer | null {
  try {
    const value = (service[method] as (...all: unknown[]) => unknown).apply(service, args);
    return id === null ? null : { id, ok: true, value };
  } catch (error) {
    return id === null ? null : { id, ok: false, error };
  }
}
