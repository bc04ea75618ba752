import { describe, expect, it } from 'vitest';
import { encodeBundle, inspectText, isBundle, renderValue } from '../../../kernel/src/render/mime.js';

const DISPLAY = Symbol.for('Jupyter.display');
const text = (value: unknown): unknown => (renderValue(value) as { data: Record<string, unknown> }).data['text/plain'];

describe('a value', () => {
  it('is shown as util.inspect shows it', () => {
    expect(text('a')).toBe("'a'");
    expect(text(-0)).toBe('-0');
    expect(text(undefined)).toBe('undefined');
    expect(text(new Map([[1, { a: 2 }]]))).toBe('Map(1) { 1 => { a: 2 } }');
  });

  it('that says how it is shown is shown so, with its text for front ends that know no more', () => {
    const value = { a: 1, [DISPLAY]: () => ({ 'text/html': '<b>1</b>' }) };
    expect(renderValue(value)).toMatchObject({
      data: { 'text/html': '<b>1</b>', 'text/plain': expect.stringContaining('a: 1') },
    });
    class Table {
      [DISPLAY]() {
        return { 'text/plain': 'table', 'image/png': new Uint8Array([1, 2, 3]) };
      }
    }
    expect(renderValue(new Table())).toEqual({ data: { 'text/plain': 'table', 'image/png': 'AQID' }, metadata: {} });
  });

  it('may say it later', async () => {
    await expect(renderValue({ [DISPLAY]: async () => ({ 'text/html': 'later' }) })).resolves.toMatchObject({
      data: { 'text/html': 'later' },
    });
  });

  it('whose display method gives no bundle is an error that says what to return', () => {
    for (const wrong of ['text', null, {}, { html: 1 }, []]) {
      expect(() => renderValue({ [DISPLAY]: () => wrong })).toThrow(/return an object of MIME types/);
    }
  });

  it('is never asked by a getter or a trap', () => {
    const getter = Object.defineProperty({}, DISPLAY, { get: () => { throw new Error('ran'); } }); // prettier-ignore
    expect(text(getter)).toBe('{}');
    const trap = () => {
      throw new Error('ran');
    };
    const proxy = new Proxy(
      {},
      { get: trap, has: trap, ownKeys: trap, getPrototypeOf: trap, getOwnPropertyDescriptor: trap },
    );
    expect(text(proxy)).toMatch(/^Proxy/);
    expect(text(Object.create(proxy) as object)).toBeTypeOf('string');
    expect(isBundle(proxy)).toBe(false);
  });

  it('of any size or shape has a text of bounded length', () => {
    const deep: Record<string, unknown> = {};
    let at = deep;
    for (let depth = 0; depth < 100_000; depth += 1) at = at['in'] = {} as Record<string, unknown>;
    expect(inspectText(deep).length).toBeLessThan(1_000);
    expect(inspectText('x'.repeat(5e7)).length).toBeLessThan(200_000);
    const wide = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`key${index}`, 'v'.repeat(50)]));
    expect(inspectText(wide)).toMatch(/… \d+ more characters$/);
    expect(inspectText({ [Symbol.for('nodejs.util.inspect.custom')]: () => { throw new Error('no'); } })).toContain('own inspection throws'); // prettier-ignore
  });
});

describe('a bundle', () => {
  it('is a plain object whose keys are all MIME types', () => {
    expect(isBundle({ 'text/html': '', 'application/vnd.vega.v5+json': {} })).toBe(true);
    for (const other of [{}, [], { a: 1 }, { 'text/html': '', a: 1 }, null, 'text/html', new Map()])
      expect(isBundle(other)).toBe(false);
  });

  it('that JSON cannot hold is an error that says so', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    for (const content of [
      10n,
      circle,
      {
        toJSON: () => {
          throw new Error('no');
        },
      },
    ]) {
      // prettier-ignore
      expect(() => encodeBundle({ 'application/json': content })).toThrow(/^Content of type application\/json must be what JSON can hold: /);
    }
    expect(encodeBundle({ 'application/json': () => 1 })).toEqual({ 'application/json': null });
    expect(encodeBundle({ 'application/json': { a: undefined, b: new Map() } })).toEqual({
      'application/json': { b: {} },
    });
  });

  it('carries bytes as base64', () => {
    expect(encodeBundle({ 'image/png': new Uint8Array([255]).subarray(0, 1), 'text/plain': 'x' })).toEqual({
      'image/png': '/w==',
      'text/plain': 'x',
    });
  });
});
