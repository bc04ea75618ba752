/** How a value becomes a MIME bundle: its own `Symbol.for("Jupyter.display")`, else text. */
import { inspect, types } from 'node:util';
import type { MimeBundle } from '../ipc/messages.js';
import { asJson } from './json.js';

/** The method by which a value says how it is shown; Deno's Jupyter kernel knows it too. */
const DISPLAY = Symbol.for('Jupyter.display');

/** Longest text of a result, UTF-16 units, and of a string in it. */
const LONGEST_TEXT = 500_000;
const LONGEST_STRING = 100_000;

export interface Rendered {
  data: MimeBundle;
  metadata: Record<string, unknown>;
}

/**
 * Renders a value: at once, or later when its display method is asynchronous. Runs the value's own display method and,
 * in `util.inspect`, its own inspection method, but no getter and no proxy trap. Throws what the display method throws.
 */
export function renderValue(value: unknown): Rendered | Promise<Rendered> {
  const display = displayMethod(value);
  if (display === null) return { data: { 'text/plain': inspectText(value) }, metadata: {} };
  const bundle: unknown = display.call(value);
  if (types.isPromise(bundle)) return bundle.then((later) => fromBundle(value, later));
  return fromBundle(value, bundle);
}

function fromBundle(value: unknown, bundle: unknown): Rendered {
  if (!isBundle(bundle)) {
    throw new TypeError(
      `[Symbol.for("Jupyter.display")]() gave ${inspectText(bundle).slice(0, 100)}: return an object of MIME types, such as { "text/html": "<b>hi</b>" }.`,
    );
  }
  const data = encodeBundle(bundle);
  // Front ends that know none of the rich types show the text.
  if (data['text/plain'] === undefined) data['text/plain'] = inspectText(value);
  return { data, metadata: {} };
}

/** Whether an object is a MIME bundle: each of its keys is a MIME type. */
export function isBundle(value: unknown): value is MimeBundle {
  if (typeof value !== 'object' || value === null || types.isProxy(value) || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => /^[\w.+-]+\/[\w.+-]+(?:;.*)?$/.test(key));
}

/** A bundle as the protocol wants it: bytes as base64 text, all else as JSON. Throws TypeError for what is neither. */
export function encodeBundle(bundle: MimeBundle): MimeBundle {
  const data: MimeBundle = {};
  for (const [type, content] of Object.entries(bundle)) {
    if (typeof content === 'string') data[type] = content;
    else if (content instanceof Uint8Array)
      data[type] = Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('base64');
    else data[type] = asJson(content, `Content of type ${type}`);
  }
  return data;
}

/** The text of a value. Bounded in depth and length; never throws and never runs a getter. */
export function inspectText(value: unknown): string {
  let text: string;
  try {
    text = inspect(value, {
      depth: 4,
      maxArrayLength: 100,
      maxStringLength: LONGEST_STRING,
      breakLength: 100,
      showProxy: true,
    });
  } catch (error) {
    text = `[${typeof value} whose own inspection throws${error instanceof RangeError ? ': too deep' : ''}]`;
  }
  if (text.length <= LONGEST_TEXT) return text;
  return `${text.slice(0, LONGEST_TEXT)}\n… ${text.length - LONGEST_TEXT} more characters`;
}

/** The display method, found without running a getter or a trap. */
function displayMethod(value: unknown): ((this: unknown) => unknown) | null {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return null;
  for (let holder: object | null = value; holder !== null;) {
    if (types.isProxy(holder)) return null;
    const descriptor = Object.getOwnPropertyDescriptor(holder, DISPLAY);
    if (descriptor !== undefined)
      return typeof descriptor.value === 'function' ? (descriptor.value as () => unknown) : null;
    holder = Object.getPrototypeOf(holder) as object | null;
  }
  return null;
}
