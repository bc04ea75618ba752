import { EventEmitter } from 'node:events';
import { getHeapSnapshot } from 'node:v8';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HeapWhy } from '../../../kernel/src/ipc/heap.js';
import { holderOf } from '../../../kernel/src/memory/heap/holder-words.js';
import { HeapAnalysis } from '../../../kernel/src/snapshot/analysis.js';
import { SnapshotReader } from '../../../kernel/src/snapshot/reader.js';
import { namedGraph } from './graphs.js';

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

class HeapmarkFreedValue {
  constructor(
    readonly name: string,
    readonly value: unknown,
  ) {}
}

/** A text of 400,000 characters that no other part of the process has. */
const longText = (mark: string): string =>
  Array.from({ length: 20_000 }, (_none, line) => `${mark} ${line}`.padEnd(19, '.')).join('\n');
const shown: HeapmarkFreedValue[] = [];
/** As the runtime keeps it: characters of its own. */
let freedStart = '';
let freedLength = 0;

function makeTexts(): void {
  bind('cut', () => longText('cut').slice(1_000, 1_030));
  bind('lines', () => longText('lines').split('\n'));
  bind('wholeToo', () => longText('whole'));
  bind('cutOfWhole', () => (value('wholeToo') as string).slice(500, 530));
  const gone = longText('gone');
  freedStart = Buffer.from(gone.slice(0, 100)).toString();
  freedLength = gone.length;
  bind('keptPart', () => gone.slice(7_000, 7_040));
}

function makeFreed(): void {
  const target = { kept: big() };
  bind('keepsFreed', () => ({ deep: [target] }));
  shown.push(new HeapmarkFreedValue('freed', target), new HeapmarkFreedValue('freedAlone', { kept: big() }));
}

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
  makeTexts();
  makeFreed();
  const reader = new SnapshotReader();
  for await (const chunk of getHeapSnapshot()) reader.push(chunk as Buffer);
  analysis = new HeapAnalysis(reader.finish());
});

afterAll(() => {
  clearTimeout(timer.deref());
  shown.length = 0;
});

const words = ({ holders }: HeapWhy): string[] =>
  holders.map((holder) => holderOf(holder, { labelOf: () => null, ownerOf: () => null }).text);
const firstOf = (answer: HeapWhy): string | undefined => words(answer)[0];

describe('what keeps a value alive', () => {
  it.each([
    ['inArray', 'held by `inArrayHolder` -> [2]'],
    ['inMap', "held by `inMapHolder` -> Map entry 'k3' -> value"],
    ['asMapKey', 'held by `asMapKeyHolder` -> Map key'],
    ['inSet', 'held by `inSetHolder` -> Set member'],
    ['inPromise', "held by `inPromiseHolder` -> promise's value or waiters"],
    [
      'inGenerator',
      'held by `inGeneratorHolder` -> local variables of the waiting function `waits` declared in analysis.test.ts',
    ],
    ['inBound', 'held by `inBoundHolder` -> bound this'],
    ['inWeakMap', 'held by `inWeakMapHolder` -> .key -> WeakMap value of a key that is alive (Object)'],
  ])('says for %s: %s', (name, text) => {
    expect(firstOf(analysis.why(name, false))).toBe(text);
  });

  it('names the closure and its variable', () => {
    expect(firstOf(analysis.why('inClosure', false))).toMatch(
      /^held by `inClosureHolder` -> closure `inner` declared in .* -> variable kept$/,
    );
  });

  it('goes through a listener', () => {
    expect(firstOf(analysis.why('inListener', false))).toMatch(
      /^held by `inListenerHolder` -> \._events -> \.data -> a closure declared in .* -> variable kept$/,
    );
  });

  it('finds a pending timer when no name holds the value', () => {
    const answer = analysis.why('waiting', false);
    expect(answer.holders[0]?.steps[0]).toEqual({ kind: 'timer', name: 'a pending timer' });
    expect(firstOf(answer)).toMatch(/^held by a pending timer -> a closure declared in .* -> variable kept$/);
  });

  it('names a pending timer although V8 holds the value too, by a shorter way', () => {
    const answer = new HeapAnalysis(
      namedGraph([
        [
          'synthetic',
          '',
          [
            ['internal', 'strong', 1],
            ['internal', 'timers', 4],
            ['internal', 'names', 7],
          ],
        ],
        ['synthetic', '(Strong roots)', [['internal', '17', 2]]],
        ['object', 'Table', [['internal', 'cached', 3]]],
        ['object', 'Array', []],
        ['object', 'TimersList', [['property', '_idleNext', 5]]],
        ['object', 'Timeout', [['property', '_onTimeout', 6]]],
        ['closure', 'later', [['property', 'kept', 3]]],
        ['object', 'Globals', [['property', 'first', 8]]],
        [
          'object',
          'Binding',
          [
            ['property', 'name', 9],
            ['property', 'home', 7],
            ['property', 'v', 3],
          ],
        ],
        ['string', 'rows', []],
      ]),
    ).why('rows', false);
    expect(answer.holders[0]?.steps[0]).toEqual({ kind: 'timer', name: 'a pending timer' });
  });

  it('counts no table of V8 that its roots alone hold', () => {
    const answer = new HeapAnalysis(
      namedGraph([
        [
          'synthetic',
          '',
          [
            ['internal', 'strong', 1],
            ['internal', 'names', 4],
          ],
        ],
        ['synthetic', '(Strong roots)', [['internal', '17', 2]]],
        ['hidden', 'system / WeakRefsKeepDuringJob', [['internal', '0', 3]]],
        ['object', 'Array', []],
        ['object', 'Globals', [['property', 'first', 5]]],
        [
          'object',
          'Binding',
          [
            ['property', 'name', 6],
            ['property', 'home', 4],
            ['property', 'v', 3],
          ],
        ],
        ['string', 'rows', []],
      ]),
    ).why('rows', true);
    expect(answer.holderCount).toBe(1);
  });

  it('prefers another name, and lists every direct holder on request, each once', () => {
    expect(firstOf(analysis.why('inObject', false))).toBe('held by another name: `other`');
    const all = analysis.why('inObject', true);
    expect(all.holderCount).toBe(3);
    expect(words(all).sort()).toEqual(['held by `inObjectHolder` -> .a -> .b', 'held by another name: `other`']);
    expect(analysis.why('inArray', true).holderCount).toBe(2);
    expect(analysis.why('inMap', true).holderCount).toBe(2);
  });

  it('finds no holder for a value that only its name holds, and says when there is no such name', () => {
    expect(analysis.why('alone', false)).toMatchObject({ found: true, holders: [], holderCount: 1 });
    expect(analysis.why('unheard of', false)).toEqual({ found: false, holders: [], holderCount: 0, pinned: null });
  });

  it('finds the holder of a value whose name is gone, and none where nothing but the question holds it', () => {
    expect(words(analysis.why('freed', false))).toEqual(['held by `keepsFreed` -> .deep -> [0]']);
    expect(analysis.why('freedAlone', false)).toMatchObject({ found: true, holders: [], holderCount: 0 });
  });

  it('finds a freed text by how it begins, and the slice that keeps it', () => {
    const text = { name: 'gone', start: freedStart, length: freedLength };
    expect(words(analysis.whyText(text, false))).toEqual(['held by `keptPart` -> text it is a slice of']);
    expect(analysis.whyText({ ...text, length: freedLength + 1_000 }, false).found).toBe(false);
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

  it('counts what all names keep together once', () => {
    const together = analysis.retainedTogether();
    // Eleven targets, one alone, one for the timer (which holds it too), the texts, the value kept for a freed name.
    expect(together).toBeGreaterThan(12 * 160_000 + 4 * 400_000);
    expect(together).toBeLessThan(15 * 160_000 + 5 * 400_000 + 20_000 * 48);
  });

  it('tells slices that alone keep a large text alive', () => {
    const pinned = (name: string) => analysis.retainedByName().find((each) => each.name === name)?.pinned;
    expect(pinned('cut')).toMatchObject({ texts: 1, slices: 1, own: true });
    expect(pinned('cut')?.bytes).toBeGreaterThan(390_000);
    expect(pinned('lines')).toMatchObject({ texts: 1, slices: 20_000, own: false });
    expect(pinned('cutOfWhole')).toBeNull();
    expect(pinned('wholeToo')).toBeNull();
  });
});
