/** Time as caches measure it. */
export interface Clock {
  /** Milliseconds that never go back; the zero is arbitrary. `performance` is one. */
  now(): number;
}

export const systemClock: Clock = { now: () => performance.now() };
