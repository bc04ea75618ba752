/** A wrong use of the library: the message says what to write instead. */
export class CacheUsageError extends TypeError {
  readonly code = 'usage';
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'TypeError';
  }
}
