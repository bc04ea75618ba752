import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  array,
  bytes,
  fits,
  integer,
  literal,
  nullable,
  number,
  object,
  oneOf,
  optional,
  parse,
  record,
  string,
  union,
  unknown,
  ValidationError,
} from '@heapmark/protocol';

const Person = object({ name: string(), age: optional(integer()), tags: array(string()) });

const problemOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof ValidationError) return error.message;
    throw error;
  }
  return 'fits';
};

describe('parse', () => {
  test('gives back the very value that fits', () => {
    const value = { name: 'Ada', tags: ['x'] };
    expect(parse(Person, value)).toBe(value);
  });

  test('names the path of the first thing that does not fit', () => {
    expect(problemOf(() => parse(Person, { name: 'Ada', tags: ['x', 5] }))).toBe('/tags/1: expected string');
    expect(problemOf(() => parse(Person, { tags: [] }))).toBe('/: property name is missing');
    expect(problemOf(() => parse(Person, 'Ada'))).toBe('/: expected object');
  });

  test('takes a required property that is undefined for missing, as it would be on the wire', () => {
    expect(problemOf(() => parse(Person, { name: undefined, tags: [] }))).toBe('/: property name is missing');
  });

  test('lets an optional property be undefined or absent, but not of another type', () => {
    expect(fits(Person, { name: 'A', tags: [], age: undefined })).toBe(true);
    expect(fits(Person, { name: 'A', tags: [], age: 'old' })).toBe(false);
    expect(fits(Person, { name: 'A', tags: [], age: 1.5 })).toBe(false);
  });

  test('lets properties be there that are not described, so that a newer peer can add some', () => {
    expect(fits(Person, { name: 'A', tags: [], later: 1 })).toBe(true);
  });

  test('does not take inherited properties for a message’s own', () => {
    expect(fits(object({ toString: unknown() }), {})).toBe(false);
    expect(fits(object({ constructor: unknown() }), {})).toBe(false);
  });

  test('tells arrays from objects and null from both', () => {
    expect(fits(object({}), [])).toBe(false);
    expect(fits(array(number()), { length: 0 })).toBe(false);
    expect(fits(object({}), null)).toBe(false);
    expect(fits(nullable(object({})), null)).toBe(true);
  });

  test('refuses numbers that JSON has not', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      expect(fits(number(), value)).toBe(false);
  });

  test('refuses negative and broken bytes', () => {
    expect(problemOf(() => parse(bytes(), -1))).toBe('/: expected 0 or more');
    expect(fits(bytes(), 0.5)).toBe(false);
    expect(fits(bytes(), 0)).toBe(true);
  });

  test('checks every value of a record, those with hostile names too', () => {
    const counts = record(integer());
    expect(fits(counts, JSON.parse('{"__proto__": 1, "constructor": 2}'))).toBe(true);
    expect(problemOf(() => parse(counts, JSON.parse('{"__proto__": "x"}')))).toBe('/__proto__: expected integer');
  });

  test('of alternatives, names the problem of the one that fits furthest', () => {
    const either = union([object({ kind: literal('a'), size: number() }), object({ kind: literal('b') })]);
    expect(problemOf(() => parse(either, { kind: 'a', size: 'big' }))).toBe('/size: expected number');
    expect(fits(either, { kind: 'b' })).toBe(true);
  });

  test('tells a choice from other strings, and what the choices are', () => {
    expect(problemOf(() => parse(oneOf(['on', 'off']), 'maybe'))).toBe('/: expected one of on, off');
  });

  test('accepts every JSON value where anything goes, and never throws anything but its own error', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(fits(unknown(), value)).toBe(true);
        expect(() => fits(Person, value)).not.toThrow();
      }),
    );
  });
});
