/**
 * Kinds of value whose modelled size is compared with what 10,000 of them add to the heap. Each maker gives a fresh value
 * that shares nothing with the others; what makers share with the bench itself is in no figure.
 */
class Point {
  constructor(x, y) {
    this.x = x;
    this.y = y;
  }
}
class Fields {
  index = 5;
  count = 1;
  flag = true;
}
class Child extends Fields {
  extra = 2;
}
class List extends Array {}
function Old(a, b) {
  this.a = a;
  this.b = b;
}
const add = (object, names) => {
  for (const name of names) object[name] = 1;
  return object;
};
const pushed = (count, make = (i) => i) => {
  const list = [];
  for (let i = 0; i < count; i++) list.push(make(i));
  return list;
};
const text = (i, length) => Buffer.from(String(1e9 + i).padEnd(length, 'abcdef')).toString('latin1');
const wide = (i, length) => Buffer.from(`${String(1e9 + i)}\u4e00`.padEnd(length, 'abcdef')).toString('utf8');
const symbol = Symbol('shared');
const shared = new ArrayBuffer(1_000);

/** What several values of a kind refer to: no part of any figure. */
export const sharedParts = [shared, symbol];

/** `[name, maker]`; a third element says what the figure cannot be exact about. */
export const kinds = [
  ['number with a fraction', (i) => i + 0.5],
  ['empty object', () => ({})],
  ['literal of 1', () => ({ only: 1 })],
  ['literal of 3', () => ({ a: 1, b: 2, c: 3 })],
  ['literal of 8', () => ({ a1: 1, b1: 2, c1: 3, d1: 4, e1: 5, f1: 6, g1: 7, h1: 8 })],
  ['literal with a fraction', (i) => ({ fraction: i + 0.25 })],
  ['object filled to 4', () => add({}, ['q', 'r', 's', 't'])],
  ['object filled to 8', () => add({}, ['q1', 'r1', 's1', 't1', 'u1', 'v1', 'w1', 'x1'])],
  [
    'object filled to 30',
    () =>
      add(
        {},
        Array.from({ length: 30 }, (_, k) => `many${k}`),
      ),
    'table',
  ],
  ['object without a prototype', () => add(Object.create(null), ['a', 'b', 'c'])],
  [
    'object after delete',
    () => {
      const object = { first: 1, second: 2, third: 3, fourth: 4 };
      delete object.second;
      return object;
    },
    'table',
  ],
  ['object from JSON', () => JSON.parse('{"id":1,"kind":2,"size":3}')],
  ['object with a symbol', () => ({ [symbol]: 1 })],
  ['frozen object', () => Object.freeze({ left: 1, right: 2 })],
  ['nested objects', (i) => ({ outer: { middle: { inner: i } } })],
  ['class of 2', (i) => new Point(i, i)],
  ['class with fields', () => new Fields()],
  ['subclass', () => new Child()],
  ['function called with new', (i) => new Old(i, i)],
  ['empty array', () => []],
  ['array of 10 from map', () => [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((x) => x)],
  ['array of 100 fractions', () => Array.from({ length: 100 }, (_, k) => k + 0.5)],
  ['array of 10 objects', () => Array.from({ length: 10 }, (_, k) => ({ k }))],
  ['array of 100 pushed', () => pushed(100), 'capacity'],
  ['array with holes', () => new Array(50)],
  [
    'sparse array',
    () => {
      const list = [];
      list[1_000_000] = 1;
      return list;
    },
  ],
  ['array of a subclass', () => new List(), 'capacity'],
  ['text of 10', (i) => text(i, 10)],
  ['text of 100', (i) => text(i, 100)],
  ['wide text of 100', (i) => wide(i, 100)],
  ['empty Map', () => new Map()],
  [
    'Map of 5',
    () =>
      new Map([
        [1, 1],
        [2, 2],
        [3, 3],
        [4, 4],
        [5, 5],
      ]),
  ],
  ['Map of 100', () => new Map(Array.from({ length: 100 }, (_, k) => [k, k]))],
  ['Map of texts', (i) => new Map([[text(i, 12), text(i + 20_000, 12)]])],
  ['empty Set', () => new Set()],
  ['Set of 100', () => new Set(Array.from({ length: 100 }, (_, k) => k))],
  ['Set of 100 fractions', () => new Set(Array.from({ length: 100 }, (_, k) => k + 0.5))],
  ['Date', () => new Date(0)],
  ['RegExp', () => /same/g],
  ['Symbol', () => Symbol()],
  ['BigInt of 40 bits', (i) => BigInt(i + 1) << 20n],
  ['BigInt of 1000 bits', (i) => BigInt(i + 1) << 1_000n],
  ['Uint8Array of 10', () => new Uint8Array(10)],
  ['Float64Array of 8', () => new Float64Array(8)],
  ['Float64Array of 100', () => new Float64Array(100)],
  ['view of a buffer', () => new Uint8Array(shared, 8, 100)],
  ['DataView', () => new DataView(shared)],
  ['ArrayBuffer', () => new ArrayBuffer(100)],
  ['Buffer of 10,000', () => Buffer.alloc(10_000)],
  ['boxed number', () => Object(5)],
  [
    'arguments',
    () =>
      (function () {
        return arguments;
      })(1, 2, 3),
  ],
];
