/** Python's own `functools.lru_cache` and ours on the same calls. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { memoize } from '../../../kernel/src/caches/index.js';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** An argument as Python makes it, and as it is here: Python's int is a bigint, its float a number. */
type Argument = readonly [kind: 'int' | 'float' | 'bool' | 'str' | 'none', value: number | string | boolean | null];

const here = ([kind, value]: Argument): unknown => {
  if (kind === 'int') return BigInt(value as number);
  return kind === 'none' ? null : value;
};

/** The same sequence in every run. */
function randomly(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const WORDS = ['', '0', '1', '1.0', 'True', 'None', 'a', 'ab', 'a,b', "('a',)"];

function argument(random: (below: number) => number, kinds: readonly Argument[0][]): Argument {
  const kind = kinds[random(kinds.length)] as Argument[0];
  const number = random(12) - 2;
  switch (kind) {
    case 'int':
      return [kind, number];
    case 'float':
      return [kind, random(4) === 0 ? number + 0.5 : number === 0 && random(2) === 0 ? -0 : number];
    case 'bool':
      return [kind, random(2) === 1];
    case 'str':
      return [kind, WORDS[random(WORDS.length)] as string];
    case 'none':
      return [kind, null];
  }
}

/**
 * Calls of none to three arguments. Without `typed`, CPython treats a single int apart (`f(3)` and `f(3.0)` are two entries,
 * `f(3, 0)` and `f(3.0, 0)` one), which its documentation leaves open: single arguments are then no ints.
 */
function callsOf(count: number, typed: boolean, seed: number): Argument[][] {
  const random = randomly(seed);
  const all = ['int', 'float', 'bool', 'str', 'none'] as const;
  return Array.from({ length: count }, () => {
    const length = random(10) < 6 ? 1 : random(4);
    const kinds = typed || length > 1 ? all : all.slice(1);
    return Array.from({ length }, () => argument(random, kinds));
  });
}

const JOBS = [
  { maxSize: 16, typed: false },
  { maxSize: 128, typed: false },
  { maxSize: null, typed: false },
  { maxSize: 0, typed: false },
  { maxSize: 20, typed: true },
  { maxSize: null, typed: true },
].map((job, index) => ({ ...job, calls: callsOf(100_000, job.typed, index + 1) }));

function python(input: string): Promise<string> {
  const found = [
    process.env['HEAPMARK_PYTHON'] ?? '',
    at('../../../.venv/bin/python'),
    at('../../../.venv/Scripts/python.exe'),
  ];
  const command = found.find((path) => path !== '' && existsSync(path)) ?? 'python3';
  return new Promise((resolve, reject) => {
    const child = execFile(command, [at('python-lru.py')], { maxBuffer: 1e8 }, (error, stdout) =>
      error === null ? resolve(stdout) : reject(new Error('Python failed', { cause: error })),
    );
    child.stdin?.end(input);
  });
}

test("hits, misses and sizes are those of Python's functools.lru_cache, for 100,000 random calls each", async () => {
  const lines = JOBS.map((job) => JSON.stringify(job)).join('\n');
  const theirs = (await python(`${lines}\n`))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  const ours = JOBS.map(({ maxSize, typed, calls }) => {
    const remember = memoize((...values: unknown[]) => values.length, { maxSize: maxSize ?? Infinity, typed });
    for (const call of calls) remember(...call.map(here));
    const info = remember.cacheInfo();
    return [info.hits, info.misses, maxSize, info.currentSize];
  });
  expect(ours).toEqual(theirs);
  expect(ours.every(([hits], index) => JOBS[index]?.maxSize === 0 || (hits as number) > 10_000)).toBe(true);
});
