/** A small program whose iterations leak, or do not. */
export interface Program {
  /** A word or some, with dashes between. */
  readonly name: string;
  /** A cell that defines what the iterations work with; it ends by defining `step`. */
  readonly setup: string;
  /** Ends what the program leaves behind, for the next one. */
  readonly cleanUp?: string;
  /** Its iterations start timers, streams or threads. */
  readonly async?: boolean;
  /** An iteration takes long or leaves much behind: so many are made. */
  readonly iterations?: number;
  readonly warmup?: number;
  /** `null`: it does not leak. */
  readonly leak: Leak | null;
}

export interface Leak {
  /** Whoever holds what leaks, as it stands in the path. */
  readonly holder: RegExp;
  /** A kind that grows. */
  readonly kind: RegExp;
  /** `false`: its rate is no matter of JavaScript's memory alone, or changes with who calls (an error keeps its stack). */
  readonly steady?: false;
}
