import { describe, expect, test } from 'vitest';
import { encode } from '@jridgewell/sourcemap-codec';
import { functionFromSource } from '../../../kernel/src/runtime/function-source.js';
import { traceLines } from '../../../kernel/src/compiler/trace-lines.js';

/** Code that stands where the user wrote it: each line maps to itself, at every column. */
function trace(js: string): string {
  const mappings = encode(js.split('\n').map((text, line) => [...text].map((_, column) => [column, 0, line, column])));
  return traceLines({ js, mappings }, '$hm').js;
}

/** Runs traced code with a tracer that writes down which lines ran; `value` is what the code returns. */
function run(js: string): { value: unknown; lines: number[] } {
  const lines: number[] = [];
  const tracer = {
    pre: (line: number) => line,
    line: (line: number, code: () => unknown) => (lines.push(line), code()),
    seen: (_line: number, value: unknown) => value,
    within: () => 0,
    without: () => undefined,
  };

  const traced = functionFromSource(`function ($hm) { ${trace(js)} }`, 'traced.js') as (environment: object) => unknown;
  const value = traced({ trace: tracer });
  return { value, lines };
}

describe('traced code', () => {
  test('tells each line that may allocate, in order, and no other', () => {
    const { value, lines } = run('const a = [1];\nlet n = 2;\nn = n * 3;\nconst b = a.map((x) => x + n);\nreturn b;');
    expect(value).toEqual([7]);
    expect(lines).toEqual([1, 4]);
  });

  test('tells lines of functions and of expressions over several lines', () => {
    const { value, lines } = run(
      'function f(n) {\n  return { n };\n}\nreturn [\n  f(1),\n  f(2),\n].map((each) => each.n)\n  .join();',
    );
    expect(value).toBe('1,2');
    expect(new Set(lines)).toEqual(new Set([2, 4, 5, 6, 7, 8]));
  });

  test('leaves a one-line callback without steps of its own', () => {
    expect(run('return [1, 2, 3].map((x) => [x]);').lines).toEqual([1]);
  });

  test.each([
    ['optional calls stop where they did', 'const o = null; return o?.a.b([1]).c;', undefined],
    ['arguments stay those of the function', 'function f() { return [...arguments]; } return f(1, 2);', [1, 2]],
    ['functions keep their names', 'const f = () => [1]; const o = { g() {} }; return [f.name, o.g.name];', ['f', 'g']],
    [
      'patterns are no values',
      'const { a = [1], ...b } = { c: 2 }; let d; [d] = [3]; return [a, b, d];',
      [[1], { c: 2 }, 3],
    ],
    [
      'labels and loops stay',
      'const r = []; a: for (const x of [1, 2]) { for (;;) { r.push(x); continue a; } } return r;',
      [1, 2],
    ],
    [
      'super and private names work',
      'class A { #x = [1]; get x() { return this.#x; } } class B extends A { get x() { return super.x.concat([2]); } } return new B().x;',
      [1, 2],
    ],
    ['generators yield', 'function* g() { for (let i = 0; i < 2; i++) yield [i]; } return [...g()];', [[0], [1]]],
    ['tags get their template', 'return String.raw`a\\n${1}`;', 'a\\n1'],
    [
      'a thrown value is the same',
      'const e = [1]; try { (() => { throw e; })(); } catch (x) { return x === e; }',
      true,
    ],
  ])('%s', (_what, js, expected) => {
    expect(run(js).value).toEqual(expected);
  });

  test('takes code apart around an await', () => {
    expect(trace('const v = f(await g(), [1]);')).toContain(
      'await $hm.trace.line($hm.trace.pre(1), {$hm1: () => (g())}.$hm1)',
    );
  });
});
