/**
 * JSON Schema (draft 2020-12) as values that carry their TypeScript type, and the validator for the part of it used here.
 *
 * One declaration gives the type a program is checked against, the schema that is published, and the check at run time,
 * so the three cannot disagree. Only JSON values are described: numbers are finite.
 */

export interface JsonSchema {
  [keyword: string]: unknown;
}

declare const typeOf: unique symbol;

/** A JSON Schema whose values have type `T`. */
export interface Schema<T> {
  readonly json: JsonSchema;
  /** Exists for the compiler only. */
  readonly [typeOf]?: T;
}

/** The type of the values a schema describes. */
export type Static<S> = S extends Schema<infer T> ? T : never;

/** A property that may be absent. */
export interface OptionalSchema<T> extends Schema<T> {
  readonly optional: true;
}

type Shape = Record<string, Schema<unknown>>;
type OptionalKeys<S extends Shape> = { [K in keyof S]: S[K] extends OptionalSchema<unknown> ? K : never }[keyof S];
type Flatten<T> = { [K in keyof T]: T[K] };
type ObjectOf<S extends Shape> = Flatten<
  { [K in Exclude<keyof S, OptionalKeys<S>>]: Static<S[K]> } & { [K in OptionalKeys<S>]?: Static<S[K]> }
>;

const schema = <T>(json: JsonSchema): Schema<T> => ({ json });
const described = (json: JsonSchema, description?: string): JsonSchema =>
  description === undefined ? json : { ...json, description };

export const string = (description?: string): Schema<string> => schema(described({ type: 'string' }, description));
export const number = (description?: string): Schema<number> => schema(described({ type: 'number' }, description));
export const integer = (description?: string): Schema<number> => schema(described({ type: 'integer' }, description));
export const boolean = (description?: string): Schema<boolean> => schema(described({ type: 'boolean' }, description));
/** A whole number of bytes, never negative. */
export const bytes = (description?: string): Schema<number> =>
  schema(described({ type: 'integer', minimum: 0 }, description));
/** A change in bytes: may be negative. */
export const byteChange = integer;
/** Milliseconds. */
export const ms = (description?: string): Schema<number> =>
  schema(described({ type: 'number', minimum: 0 }, description));
/** Milliseconds since 1970-01-01 UTC. */
export const timestamp = number;
export const unknown = (description?: string): Schema<unknown> => schema(described({}, description));
export const literal = <const T extends string | number | boolean>(value: T): Schema<T> => schema({ const: value });
export const oneOf = <const T extends readonly string[]>(values: T, description?: string): Schema<T[number]> =>
  schema(described({ enum: values }, description));
export const array = <T>(items: Schema<T>, description?: string): Schema<T[]> =>
  schema(described({ type: 'array', items: items.json }, description));
export const nullable = <T>(inner: Schema<T>, description?: string): Schema<T | null> =>
  schema(described({ anyOf: [inner.json, { type: 'null' }] }, description));
export const record = <T>(values: Schema<T>, description?: string): Schema<Record<string, T>> =>
  schema(described({ type: 'object', additionalProperties: values.json }, description));
export const optional = <T>(inner: Schema<T>): OptionalSchema<T> => ({ json: inner.json, optional: true });
export const union = <const S extends readonly Schema<unknown>[]>(members: S): Schema<Static<S[number]>> =>
  schema({ anyOf: members.map((member) => member.json) });

/** An object with these properties; others are allowed, so that a newer peer can add some. */
export function object<S extends Shape>(shape: S, description?: string): Schema<ObjectOf<S>> {
  const properties: Record<string, JsonSchema> = {};
  const required: string[] = [];
  for (const [name, member] of Object.entries(shape)) {
    properties[name] = member.json;
    if (!('optional' in member)) required.push(name);
  }
  return schema(described({ type: 'object', properties, required }, description));
}

/** Where and why a value does not fit its schema: `/variables/0/bytes: expected integer`. */
export class ValidationError extends TypeError {
  readonly code = 'INVALID_MESSAGE';
  constructor(
    readonly path: string,
    readonly problem: string,
  ) {
    super(`${path === '' ? '/' : path}: ${problem}`);
    this.name = 'ValidationError';
  }
}

/** Returns the value when it fits; throws {@link ValidationError} with the first place where it does not. */
export function parse<T>(expected: Schema<T>, value: unknown): T {
  const found = check(expected.json, value, '');
  if (found !== null) throw new ValidationError(found.path, found.problem);
  return value as T;
}

/** Whether a value fits. */
export function fits<T>(expected: Schema<T>, value: unknown): value is T {
  return check(expected.json, value, '') === null;
}

/** A place that does not fit. No error yet: a union tries its members, and an error with its stack costs microseconds. */
interface Misfit {
  readonly path: string;
  readonly problem: string;
}

const misfit = (path: string, problem: string): Misfit => ({ path, problem });

function check(json: JsonSchema, value: unknown, path: string): Misfit | null {
  if ('const' in json && json['const'] !== value) {
    return misfit(path, `expected ${JSON.stringify(json['const'])}`);
  }
  if (Array.isArray(json['enum']) && !json['enum'].includes(value)) {
    return misfit(path, `expected one of ${json['enum'].join(', ')}`);
  }
  if (Array.isArray(json['anyOf'])) return checkAny(json['anyOf'] as JsonSchema[], value, path);
  switch (json['type']) {
    case undefined:
      return null;
    case 'object':
      return checkObject(json, value, path);
    case 'array':
      return checkArray(json, value, path);
    default:
      return checkPrimitive(json, value, path);
  }
}

function checkAny(members: JsonSchema[], value: unknown, path: string): Misfit | null {
  let deepest: Misfit | null = null;
  for (const member of members) {
    const found = check(member, value, path);
    if (found === null) return null;
    if (deepest === null || found.path.length > deepest.path.length) deepest = found;
  }
  return deepest ?? misfit(path, 'fits no alternative');
}

function checkObject(json: JsonSchema, value: unknown, path: string): Misfit | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return misfit(path, 'expected object');
  }
  const properties = (json['properties'] ?? {}) as Record<string, JsonSchema>;
  for (const name of (json['required'] ?? []) as string[]) {
    if (!Object.hasOwn(value, name) || (value as Record<string, unknown>)[name] === undefined)
      return misfit(path, `property ${name} is missing`);
  }
  const rest = json['additionalProperties'] as JsonSchema | undefined;
  for (const [name, member] of Object.entries(value)) {
    const expected = Object.hasOwn(properties, name) ? properties[name] : rest;
    if (expected === undefined || member === undefined) continue;
    const found = check(expected, member, `${path}/${name}`);
    if (found !== null) return found;
  }
  return null;
}

function checkArray(json: JsonSchema, value: unknown, path: string): Misfit | null {
  if (!Array.isArray(value)) return misfit(path, 'expected array');
  const items = json['items'] as JsonSchema;
  for (const [index, member] of value.entries()) {
    const found = check(items, member, `${path}/${index}`);
    if (found !== null) return found;
  }
  return null;
}

function checkPrimitive(json: JsonSchema, value: unknown, path: string): Misfit | null {
  const type = json['type'] as string;
  const right =
    type === 'null'
      ? value === null
      : type === 'integer'
        ? Number.isInteger(value)
        : type === 'number'
          ? typeof value === 'number' && Number.isFinite(value)
          : typeof value === type;
  if (!right) return misfit(path, `expected ${type}`);
  const minimum = json['minimum'] as number | undefined;
  if (minimum !== undefined && (value as number) < minimum) return misfit(path, `expected ${minimum} or more`);
  return null;
}
