/** Rich output, input and comms of cells. */

/** Content by MIME type: `{ "text/html": "<b>hi</b>" }`. */
export type MimeBundle = Record<string, unknown>;

export interface DisplayOptions {
  /** A later call with the same id and `update: true` replaces this output everywhere. */
  id?: string;
  update?: boolean;
  metadata?: Record<string, unknown>;
  buffers?: readonly (ArrayBufferView | ArrayBuffer)[];
  /** The value is a MIME bundle, whatever its keys look like. */
  raw?: boolean;
}

/** An output that can be replaced. */
export interface DisplayHandle {
  readonly id: string;
  update(value: unknown, options?: DisplayOptions): void;
}

export interface Display {
  /**
   * Shows a value as a cell's result is shown: by its `[Symbol.for("Jupyter.display")]()` method, or as text. An object
   * whose keys are all MIME types is shown as such.
   */
  (value: unknown, options?: DisplayOptions): DisplayHandle;
  javascript(content: string | Uint8Array): void;
  html(content: string | Uint8Array): void;
  markdown(content: string | Uint8Array): void;
  latex(content: string | Uint8Array): void;
  svg(content: string | Uint8Array): void;
  png(content: string | Uint8Array): void;
  jpeg(content: string | Uint8Array): void;
  gif(content: string | Uint8Array): void;
  pdf(content: string | Uint8Array): void;
  json(content: unknown): void;
  text(content: string | Uint8Array): void;
  /** Shows content of any MIME type. */
  raw(type: string, content: unknown): void;
}

/** Shows values and rich content in the cell's output. */
export const display: Display;

/** A display that replaces what it showed before. */
export function newDisplay(): Display;

/** Clears the cell's output; with `wait`, when the next output comes. */
export function clearOutput(options?: { wait?: boolean }): void;

/**
 * Asks the person at the notebook for a line of text. Rejects where the front end cannot ask, and when the cell is
 * interrupted.
 */
export function input(
  prompt?: string,
  options?: {
    /** Does not show what is typed. */
    password?: boolean;
  },
): Promise<string>;

export interface CommExtras {
  metadata?: Record<string, unknown>;
  buffers?: readonly (ArrayBufferView | ArrayBuffer)[];
}

export interface CommEvent {
  data: unknown;
  metadata: Record<string, unknown>;
  buffers: Uint8Array[];
}

/** One end of a connection to code of the front end, such as a widget. */
export interface Comm {
  readonly commId: string;
  readonly targetName: string;
  readonly closed: boolean;
  /** Sends data that JSON can hold; `buffers` go beside it as they are. Throws when the comm is closed. */
  send(data: unknown, extras?: CommExtras): void;
  close(data?: unknown, extras?: CommExtras): void;
  onMessage(handler: (event: CommEvent) => void): this;
  onClose(handler: (event: CommEvent) => void): this;
}

/** Opens a comm to the front end's target of that name. */
export function createComm(targetName: string, data?: unknown, extras?: CommExtras): Comm;

/** Lets front ends open comms of that name; a later handler replaces an earlier one. */
export function registerCommTarget(targetName: string, handler: (comm: Comm, opening: CommEvent) => void): void;
