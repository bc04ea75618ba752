/** Rich output from code: `display(...)`, updatable displays, `clearOutput()`. */
import type { CellTag, FromRuntime, MimeBundle } from '../ipc/messages.js';
import { encodeBundle, isBundle, renderValue, type Rendered } from '../render/mime.js';
import { asBytes } from '../render/bytes.js';
import { asJson } from '../render/json.js';
import { currentRun } from './cell-run.js';
import type { DisplayOptions } from './context.js';

export interface DisplayCallOptions extends DisplayOptions {
  /** The value is a MIME bundle, whatever its keys look like. */
  raw?: boolean;
}

/** An output that can be replaced. */
export interface DisplayHandle {
  readonly id: string;
  update(value: unknown, options?: DisplayCallOptions): void;
}

/** Ways to show text or bytes of a known type; the same set as tslab's `display`. */
const TYPES = {
  javascript: 'text/javascript',
  html: 'text/html',
  markdown: 'text/markdown',
  latex: 'text/latex',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  pdf: 'application/pdf',
  json: 'application/json',
  text: 'text/plain',
} as const;

type Shown = { [K in keyof typeof TYPES]: (content: K extends 'json' ? unknown : string | Uint8Array) => void };

export interface Display extends Shown {
  (value: unknown, options?: DisplayCallOptions): DisplayHandle;
  /** Shows content of any MIME type. */
  raw(type: string, content: unknown): void;
}

export class Displays {
  constructor(
    private readonly send: (message: FromRuntime) => void,
    private readonly tag: () => CellTag,
  ) {}

  /** Sends a MIME bundle. */
  bundle(data: MimeBundle, { metadata = {}, id, update = false, buffers }: DisplayOptions = {}): void {
    const transient = id === undefined ? {} : { display_id: id };
    const frame = {
      type: 'display',
      tag: this.tag(),
      data: encodeBundle(data),
      metadata: asJson(metadata, 'Metadata') as typeof metadata,
      transient,
      update,
    } as const;
    this.send(buffers === undefined ? frame : { ...frame, buffers: buffers.map(asBytes) });
  }

  clear(wait = false): void {
    this.send({ type: 'clearOutput', tag: this.tag(), wait });
  }

  /** `display` of user code. */
  makeDisplay(id?: string): Display {
    const raw = (type: string, content: unknown): void => {
      this.bundle({ [type]: content }, id === undefined ? {} : { id, update: shown });
      shown = true;
    };
    let shown = false;
    const display = (value: unknown, options: DisplayCallOptions = {}): DisplayHandle => {
      const own = options.id ?? id ?? crypto.randomUUID();
      this.show(value, { ...options, id: own, update: options.update ?? (id !== undefined && shown) });
      shown = true;
      return { id: own, update: (next, more) => this.show(next, { ...more, id: own, update: true }) };
    };
    const byType = Object.entries(TYPES).map(([name, type]) => [name, (content: unknown) => raw(type, content)]);
    return Object.assign(display, Object.fromEntries(byType) as Shown, { raw });
  }

  /** Shows a value at once, unless its own display method is asynchronous: then the cell waits for it. */
  private show(value: unknown, { raw, ...options }: DisplayCallOptions): void {
    if (raw === true || isBundle(value)) {
      this.bundle(value as MimeBundle, options);
      return;
    }
    const rendered = renderValue(value);
    const send = ({ data, metadata }: Rendered): void =>
      this.bundle(data, { ...options, metadata: { ...metadata, ...options.metadata } });
    if (rendered instanceof Promise) currentRun()?.waitFor(rendered.then(send));
    else send(rendered);
  }
}
