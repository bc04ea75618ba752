/**
 * A key function that compares plain objects and arrays by what is in them: `{ a, b }` and `{ b, a }` are one key, `[1]` and
 * `["1"]` are two. Give it as `memoize(load, { key: structuralKey })`.
 *
 * Dates, Maps and Sets count by their contents. Identity does not fit into a text: objects of other classes are refused.
 * It reads the whole value at every call; for large values a key function of your own is faster.
 *
 * @throws TypeError for a cycle, and for objects of classes, functions and symbols.
 */
export function structuralKey(...values: unknown[]): string {
  return JSON.stringify(values.map((value) => structure(value, [])));
}

function structure(value: unknown, above: readonly object[]): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return ['n', String(value === 0 ? 0 : value)];
    case 'bigint':
      return ['i', String(value)];
    case 'undefined':
      return ['u'];
    case 'object':
      return value === null ? null : structureOf(value, above);
    default:
      throw new TypeError(`structuralKey cannot tell ${typeof value}s apart: give memoize a key function of your own.`);
  }
}

function structureOf(value: object, above: readonly object[]): unknown {
  if (above.includes(value))
    throw new TypeError('structuralKey cannot follow a cycle: give memoize a key function of your own.');
  const path = [...above, value];
  const inside = (part: unknown): unknown => structure(part, path);
  if (Array.isArray(value)) return ['a', ...value.map(inside)];
  if (value instanceof Date) return ['d', value.getTime()];
  if (value instanceof Map) return ['m', ...[...value].map(inside)];
  if (value instanceof Set) return ['s', ...[...value].map(inside)];
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(
      `structuralKey compares plain objects only, not ${value.constructor.name}: give memoize a key function of your own.`,
    );
  }
  const members = value as Record<string, unknown>;
  return [
    'o',
    ...Object.keys(members)
      .sort()
      .map((name) => [name, inside(members[name])]),
  ];
}
