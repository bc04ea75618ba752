/**
 * Cells that run away. Each declares `hog` or nothing at all, and none ends by itself unless it says so.
 *
 * What lives in V8's heap meets the heap's limit; what lives outside of it meets the limit of `%memlimit`, which stands
 * here for the end of the machine.
 */

export interface Pattern {
  name: string;
  code: string;
  /** Which limit it runs into; `none`: it takes time and no memory, and somebody interrupts it. */
  limit: 'heap' | 'process' | 'none';
  /** One call into V8 or Node that nothing can stop in its middle. */
  oneCall?: boolean;
}

const heap = (name: string, code: string, more: Partial<Pattern> = {}): Pattern => ({
  name,
  code,
  limit: 'heap',
  ...more,
});
const outside = (name: string, code: string, more: Partial<Pattern> = {}): Pattern => ({
  name,
  code,
  limit: 'process',
  ...more,
});

export const patterns: readonly Pattern[] = [
  heap('objects in an array', 'const hog: object[] = []; for (let n = 0; ; n++) hog.push({ n, text: "item " + n });'),
  heap('a text that grows', 'let hog = ""; for (;;) hog += Math.random();'),
  heap('many texts', 'const hog: string[] = []; for (let n = 0; ; n++) hog.push(["line", n, "of many"].join(" "));'),
  heap('a Map', 'const hog = new Map<number, object>(); for (let n = 0; n < 1e9; n++) hog.set(n, [n, n]);'),
  heap('a Set of big integers', 'const hog = new Set<bigint>(); for (let n = 1n; ; n++) hog.add(n);'),
  heap('nested arrays', 'let hog: unknown = []; for (;;) hog = [hog, [hog], new Array(8).fill(0)];'),
  heap(
    'closures',
    'const hog: (() => number)[] = []; for (let n = 0; ; n++) { const own = [n, n + 1]; hog.push(() => own.length); }',
  ),
  heap(
    'properties of one object',
    'const hog: Record<string, number> = {}; for (let n = 0; ; n++) hog["key" + n] = n;',
  ),
  heap(
    'a sparse array',
    'const hog: number[] = []; for (let n = 0; ; n++) hog[(n * 7_919) % 4_000_000_000] = n + 0.5;',
  ),
  heap('errors with stacks', 'const hog: Error[] = []; for (;;) hog.push(new Error("one more"));'),
  heap(
    'a generator',
    'function* more() { for (let n = 0; ; n++) yield { n }; } const hog: object[] = []; for (const one of more()) hog.push(one);',
  ),
  heap('spread that doubles', 'let hog: unknown[] = [{}]; for (;;) hog = [...hog, ...hog.map(() => ({ a: 1 }))];'),
  heap('concat that doubles', 'let hog: unknown[] = [[1.5]]; for (;;) hog = hog.concat(hog.map((one) => [one]));'),
  heap(
    'structuredClone that doubles',
    'let hog: unknown[] = [{ a: 1, b: [1, 2, 3] }]; for (;;) hog = [...hog, ...structuredClone(hog)];',
  ),
  heap(
    'recursion without an end',
    'function down(n: number): number { return 1 + down(n + 1); } for (;;) { try { down(0); } catch { await 0; } }',
    {
      limit: 'none',
    },
  ),
  heap(
    'recursion that allocates',
    'const hog: number[][] = []; function down(n: number): void { hog.push(new Array(100).fill(n)); try { down(n + 1); } catch { down(0); } } down(0);',
  ),
  heap(
    'timers',
    'const hog: number[][] = []; await new Promise(() => setInterval(() => { for (let n = 0; n < 2_000; n++) hog.push(new Array(100).fill(n)); }, 1));',
  ),
  heap('a flood of microtasks', 'const hog: number[][] = []; for (;;) { await 0; hog.push(new Array(200).fill(1)); }'),
  heap(
    'promises that wait for promises',
    'const hog: Promise<unknown>[] = []; const again = (): Promise<unknown> => { const one = Promise.resolve([1, 2, 3]).then(again); hog.push(one); return one; }; await again();',
  ),
  heap(
    'matches of a regular expression',
    'let hog: unknown[] = []; for (;;) hog = [...hog, ..."abc".repeat(100_000).matchAll(/b/g)];',
  ),
  heap(
    'code',
    'const hog: Function[] = []; for (let n = 0; ; n++) hog.push(new Function(`return function f${n}() { return "${"text".repeat(500)}" + ${n}; }`)());',
  ),
  heap('one JSON.parse', 'const hog = JSON.parse("[" + \'{"a":[1,2]},\'.repeat(12_000_000) + "0]");', {
    oneCall: true,
  }),
  heap('one Array.from', 'const hog = Array.from({ length: 4_000_000_000 }, (_none, n) => ({ n }));'),
  heap('one fill', 'const hog: number[] = []; hog.length = 2_000_000_000; hog.fill(1.5);', { oneCall: true }),
  heap('one split', 'const hog = "ab,".repeat(100_000_000).split(",");', { oneCall: true }),
  outside('Buffers', 'const hog: Buffer[] = []; for (;;) hog.push(Buffer.alloc(4_000_000, 1));'),
  outside('typed arrays', 'const hog: Float64Array[] = []; for (;;) hog.push(new Float64Array(500_000).fill(1));'),
  outside(
    'one huge typed array',
    'const hog = new Float64Array(250_000_000); for (let n = 0; ; n = (n + 512) % hog.length) hog[n] = 1;',
  ),
  outside(
    'texts outside of the heap',
    'const hog: string[] = []; for (;;) hog.push(Buffer.alloc(8_000_000, "x").toString("latin1"));',
  ),
  outside(
    'memories of WebAssembly',
    'const hog: WebAssembly.Memory[] = []; for (;;) { const one = new WebAssembly.Memory({ initial: 64 }); new Uint8Array(one.buffer).fill(1); hog.push(one); }',
  ),
  outside(
    'a thread',
    'const { Worker } = require("node:worker_threads"); const hog = new Worker("const all = []; for (;;) all.push(Buffer.alloc(1_000_000, 1));", { eval: true }); await new Promise(() => {});',
  ),
  {
    name: 'a flood of output',
    code: 'for (let n = 0; ; n++) console.log("line", n, "of a cell that never stops to print");',
    limit: 'none',
  },
  {
    name: 'a regular expression without an end',
    code: '/^(a+)+$/.test("a".repeat(60) + "b");',
    limit: 'none',
  },
];
