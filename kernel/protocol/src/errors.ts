/** Errors of the memory protocol: JSON-RPC 2.0's own codes and ours (-32000 to -32099 are for the application). */
export const ErrorCode = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
  /** A usage error of one or two lines; nothing was changed. */
  usage: -32000,
  /** The first exchange named no version that both speak. */
  unsupportedVersion: -32001,
  /** The figure or the action cannot be had in this kernel; `data.reason` says why. */
  unavailable: -32002,
  /** The runtime was replaced while the request waited. */
  runtimeDied: -32003,
  cancelled: -32004,
  /** A cell is running and the request needs it to end first, past the time a caller should wait. */
  busy: -32005,
} as const;
export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];

/** A failure that travels as a JSON-RPC error. The message says what to do next. */
export class ProtocolError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly data?: unknown,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'ProtocolError';
  }
}
