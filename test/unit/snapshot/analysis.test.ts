import { EventEmitter } from 'node:events';
import { getHeapSnapshot } from 'node:v8';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HeapAnalysis } from '../../../kernel/src/snapshot/analysis.js';
import { SnapshotReader } from '../../../kernel/src/snapshot/reader.js';

/** The shape in which the runtime keeps names (kernel/src/runtime/globals.ts). */
class Globals {
  readonly names = new Map<string, Binding>();
}
class Binding {
  declare v: unknown;
  constructor(
    readonly name: string,
    readonly home: Globals,
  ) {}
}
const home = new Globals();

function bind(name: string, make: () => unknown): void {
  const binding = new Binding(name, home);
  home.names.set(name, binding);
  Object.defineProperty(binding, 'v', { value: make(), writable: true, enumerable: true, configurable: true });
}

const value = (name: string): unknown => home.names.get(name)?.v;
const big = (): number[] => new Array<number>(20_000).fill(0.5);

/** Each target, and in what it is held besides its own name. */
const holders: [string, () => unknown][] = [
  ['inObject', () => ({ a: { b: value('inObject') } })],
  ['inArray', () => [1, 2, value('inArray')]],
  ['inMap', () => new Map([['k3', value('inMap')]])],
  ['asMapKey', () => new Map([[value('asMapKey'), 1]])],
  ['inSet', () => new Set([value('inSet')])],
  [
    'inClosure',
    () =>
      ((kept) =>
        function inner() {
          return kept;
        })(value('inClosure')),
  ],
  ['inPromise', () => Promise.resolve(value('inPromise'))],
  [
    'inGenerator',
    () => {
      const generator = (function* waits(kept: unknown) {
        yield 1;
        return kept;
      })(value('inGenerator'));
      generator.next();
      return generator;
    },
  ],
  [
    'inBound',
    () =>
      function bound(this: unknown) {
        return this;
      }.bind(value('inBound')),
  ],
  [
    'inListener',
    () =>
      new EventEmitter().on(
        'data',
        (
          (kept) => () =>
            kept
        )(value('inListener')),
      ),
  ],
  [
    'inWeakMap',
    () => {
      const key = {};
      return { key, map: new WeakMap([[key, value('inWeakMap')]]) };
    },
  ],
];

let analysis: HeapAnalysis;
/** Held weakly: the functions of this file reach its variables, and would count as holders. */
let timer: WeakRef<NodeJS.Timeout>;

/** In a call of its own, whose registers are gone when the snapshot is taken. */
const startTimer = (kept: unknown): WeakRef<NodeJS.Timeout> => new WeakRef(setTimeout(() => kept, 3_600_000));

beforeAll(async () => {
  for (const [name, hold] of holders) {
    bind(name, () => ({ kept: big() }));
    bind(`${name}Holder`, hold);
  }
  bind('other', () => value('inObject'));
  bind('alone', big);
  bind('waiting', () => ({ kept: big() }));
  bind('small', () => 7);
  timer = startTimer(value('waiting'));
  const reader = new SnapshotReader();
  for await (const chunk of getHeapSnapshot()) reader.push(chunk as Buffer);
  analysis = new HeapAnalysis(reader.finish());
});

afterAll(() => {
  clearTimeout(timer.deref());
});

describe('what keeps a value alive', () => {
  it.each([
    ['inArray', 'inArrayHolder → [2]'],
    ['inMap', "inMapHolder → Map entry 'k3'"],
    ['asMapKey', 'asMapKeyHolder → Map key'],
    ['inSet', 'inSetHolder → Set member'],
    ['inPromise', "inPromiseHolder → promise's value or waiters"],
    ['inGenerator', 'inGeneratorHolder → local variables of a suspended function'],
    ['inBound', 'inBoundHolder → bound this'],
    ['inWeakMap', 'inWeakMapHolder → .key → WeakMap value of a key that is alive (Object)'],
  ])('says for %s: %s', (name, text) => {
    expect(analysis.why(name, false).holders[0]?.text).toBe(text);
  });

  it('names the closure and its variable', () => {
    expect(analysis.why('inClosure', false).holders[0]?.text).toMatch(
      /^inClosureHolder → closure inner of .* → variable kept$/,
    );
  });

  it('goes through a listener', () => {
    expect(analysis.why('inListener', false).holders[0]?.text).toMatch(
      /^inListenerHolder → \._events → \.data → closure .* → variable kept$/,
    );
  });

  it('finds a pending timer when no name holds the value', () => {
    const [holder] = analysis.why('waiting', false).holders;
    expect(holder?.path[0]).toEqual({ kind: 'timer', name: 'a pending timer' });
    expect(holder?.text).toMatch(/^a pending timer → closure .* → variable kept$/);
  });

  it('prefers another name, and lists every direct holder on request', () => {
    expect(analysis.why('inObject', false).holders[0]?.text).toBe('other');
    const all = analysis.why('inObject', true);
    expect(all.holderCount).toBe(3);
    expect(all.holders.map(({ text }) => text).sort()).toEqual(['inObjectHolder → .a → .b', 'other']);
  });

  it('finds no holder for a value that only its name holds, and says when there is no such name', () => {
    expect(analysis.why('alone', false).holders).toEqual([]);
    expect(analysis.why('unheard of', false)).toEqual({ found: false, holders: [], holderCount: 0 });
  });
});

describe('retained sizes by name', () => {
  it('gives what each name alone keeps alive, with the names that share it', () => {
    const list = analysis.retainedByName();
    const alone = list.find(({ name }) => name === 'alone');
    expect(alone?.retained).toBeGreaterThanOrEqual(160_000);
    expect(alone?.retained).toBeLessThan(160_200);
    expect(list.find(({ name }) => name === 'inObject')?.aliases).toEqual(['other']);
    expect(list.map(({ name }) => name)).not.toContain('small');
  });
});
