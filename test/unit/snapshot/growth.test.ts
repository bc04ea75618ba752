import { describe, expect, it } from 'vitest';
import { HeapAnalysis } from '../../../kernel/src/snapshot/analysis.js';
import type { HeapGraph } from '../../../kernel/src/snapshot/graph.js';
import { namedGraph, type PlainNode } from './graphs.js';

/** The registry of names with `cache`, an array, and `solver`, in the shape in which the runtime keeps them. */
const BASE: readonly PlainNode[] = [
  ['synthetic', '', [['shortcut', 'globals', 1]]],
  ['object', 'Globals', [['property', 'a', 2]]],
  [
    'object',
    'Binding',
    [
      ['property', 'name', 3],
      ['property', 'home', 1],
      ['property', 'v', 4],
    ],
  ],
  ['string', 'cache', []],
];

/** `cache` holds so many solvers, each with a store of its own, in a store that is new. */
function heap(solvers: number, more: readonly PlainNode[] = []): HeapGraph {
  const first = BASE.length + 2;
  const nodes: PlainNode[] = [
    ...BASE,
    ['object', 'Array', [['internal', 'elements', BASE.length + 1]]],
    [
      'hidden',
      '(object elements)',
      [
        ...Array.from({ length: solvers }, (_, i) => ['property', `s${i}`, first + 2 * i] as const),
        ...more.map((_node, i) => ['property', `m${i}`, first + 2 * solvers + i] as const),
      ],
    ],
  ];
  for (let i = 0; i < solvers; i++) {
    nodes.push(['object', 'Solver', [['internal', 'elements', first + 2 * i + 1]]]);
    nodes.push(['hidden', '', []]);
  }
  return namedGraph([...nodes, ...more]);
}

const grown = (before: HeapGraph, after: HeapGraph) => {
  const totals = new HeapAnalysis(before).totals();
  return new HeapAnalysis(after).grownSince(totals, 10);
};
const rootOf = (kind: ReturnType<typeof grown>[number] | undefined): string | undefined => kind?.holder?.steps[0]?.name;

describe('growth between two snapshots', () => {
  it('counts objects by constructor, and parts of V8 for the object they belong to', () => {
    const [first, ...others] = grown(heap(10), heap(25));
    expect(first).toMatchObject({ kind: 'Solver', count: 15, bytes: 15 * 32 });
    expect(others).toEqual([]);
  });

  it('names who holds what is new', () => {
    const [first] = grown(heap(10), heap(25));
    expect(rootOf(first)).toBe('cache');
  });

  it('shares what is new out among those who hold it', () => {
    const binding = (name: number, value: number): PlainNode => [
      'object',
      'Binding',
      [
        ['property', 'name', name],
        ['property', 'home', 1],
        ['property', 'v', value],
      ],
    ];
    const two = (each: readonly [number, number]): HeapGraph => {
      const nodes: PlainNode[] = [
        ['synthetic', '', [['shortcut', 'globals', 1]]],
        [
          'object',
          'Globals',
          [
            ['property', 'a', 2],
            ['property', 'b', 3],
          ],
        ],
        binding(4, 6),
        binding(5, 7),
        ['string', 'trail', []],
        ['string', 'solved', []],
        ['object', 'Array', Array.from({ length: each[0] }, (_, i) => ['internal', `${i}`, 8 + i] as const)],
        ['object', 'Array', Array.from({ length: each[1] }, (_, i) => ['internal', `${i}`, 8 + each[0] + i] as const)],
      ];
      for (let i = 0; i < each[0] + each[1]; i++) nodes.push(['object', 'State', []]);
      return namedGraph(nodes);
    };
    const [first] = grown(two([0, 0]), two([30, 10]));
    expect(first?.held.map(({ holder, count, bytes }) => [holder.steps[0]?.name, count, bytes])).toEqual([
      ['trail', 30, 480],
      ['solved', 10, 160],
    ]);
    expect(rootOf(first)).toBe('trail');
  });

  it('tells the sizes of what is new, part by part', () => {
    const [first] = grown(heap(10), heap(12));
    expect(first?.sizes).toEqual([[16, 4]]);
  });

  it('finds nothing where nothing was added', () => {
    expect(grown(heap(10), heap(10))).toEqual([]);
    expect(grown(heap(10), heap(4))).toEqual([]);
  });

  it('tells plain objects apart by their keys', () => {
    const points = (count: number): PlainNode[] =>
      Array.from({ length: count }, () => [
        'object',
        'Object',
        [
          ['property', 'x', 3],
          ['property', 'y', 3],
        ],
      ]);
    expect(grown(heap(2), heap(2, points(3)))[0]).toMatchObject({ kind: 'Object {x, y}', count: 3 });
  });

  it('counts plain objects together of which each has keys of its own', () => {
    const tables: PlainNode[] = Array.from({ length: 4 }, (_, i) => ['object', 'Object', [['property', `k${i}`, 3]]]);
    expect(grown(heap(2), heap(2, tables))).toMatchObject([{ kind: 'Object', count: 4 }]);
  });

  it('leaves out what V8 has compiled', () => {
    const compiled: PlainNode[] = Array.from({ length: 4 }, () => ['code', '(code)', []]);
    expect(grown(heap(2), heap(2, compiled))).toEqual([]);
  });

  it('names functions', () => {
    const listeners: PlainNode[] = Array.from({ length: 3 }, () => ['closure', 'onTick', []]);
    expect(grown(heap(2), heap(2, listeners))).toMatchObject([{ kind: 'function onTick', count: 3 }]);
  });
});
