import type { Block } from '../render/blocks.js';
import { toHtml } from '../render/html.js';
import { toText } from '../render/text.js';
import type { MimeBundle, RuntimeContext } from './context.js';

/** Text and HTML of the same blocks. */
export const bundleOf = (blocks: readonly Block[]): MimeBundle => ({
  'text/plain': toText(blocks),
  'text/html': toHtml(blocks),
});

/** Sends blocks as one display. */
export function show(runtime: RuntimeContext, blocks: readonly Block[]): void {
  runtime.display(bundleOf(blocks));
}

/** Shows blocks in the front end's pager, which is no output of the cell where the front end has one. */
export function page(runtime: RuntimeContext, blocks: readonly Block[]): void {
  runtime.payload({ source: 'page', data: bundleOf(blocks), start: 0 });
}

/** Sends a record as JSON, for `--json`. */
export function showJson(runtime: RuntimeContext, record: unknown): void {
  runtime.display({ 'text/plain': JSON.stringify(record, null, 2), 'application/json': record });
}

const DISPLAY = Symbol.for('Jupyter.display');

/**
 * The record with the form it has as a cell's result. The form is no enumerable property: JSON, spread and comparison see
 * the plain record.
 */
export function displayable<R extends object>(record: R, blocks: (record: R) => readonly Block[]): R {
  return Object.defineProperty(record, DISPLAY, { value: () => bundleOf(blocks(record)), enumerable: false });
}
