/** Programs that do not leak, though some look as if they did. */
import type { Program } from './program.js';

export const clean: readonly Program[] = (
  [
    { name: 'numbers', setup: `let sum = 0; const step = (i: number): void => { sum += Math.sqrt(i); };` },
    {
      name: 'lists-dropped',
      setup: `const step = (i: number): number => new Array(500).fill(i).map((x) => x * 2).length;`,
    },
    {
      name: 'least-recently-used',
      setup: `const kept = new Map<number, number[]>();
const step = (i: number): void => { kept.set(i, new Array(50).fill(i)); if (kept.size > 100) kept.delete(kept.keys().next().value!); };`,
    },
    {
      name: 'cache-that-fills-and-stops',
      setup: `const known = new Map<number, number[]>();
const step = (i: number): void => { const key = i % 400; if (!known.has(key)) known.set(key, new Array(60).fill(key)); };`,
    },
    {
      name: 'cache-filled-at-random',
      setup: `const seen = new Map<number, number[]>();
const step = (): void => { const key = Math.floor(Math.random() * 150); if (!seen.has(key)) seen.set(key, new Array(60).fill(key)); };`,
    },
    {
      name: 'table-made-at-first',
      setup: `let primes: number[] | null = null;
const step = (i: number): number => { primes ??= Array.from({ length: 50_000 }, (_, k) => k * 2 + 1); return primes[i % 50_000]!; };`,
    },
    {
      name: 'listener-taken-off',
      setup: `import { EventEmitter } from 'node:events';
const bus = new EventEmitter();
const step = (i: number): void => { const f = () => i; bus.on('tick', f); bus.emit('tick'); bus.off('tick', f); };`,
    },
    {
      name: 'listener-once',
      setup: `import { EventEmitter } from 'node:events';
const bus = new EventEmitter();
const step = (i: number): void => { bus.once('tick', () => i); bus.emit('tick'); };`,
    },
    {
      name: 'timers-that-fire',
      async: true,
      setup: `let fired = 0; const step = (): void => { const data = new Array(50).fill(1); setTimeout(() => { fired += data.length; }, 1); };`,
    },
    {
      name: 'timers-cleared',
      setup: `const step = (i: number): void => { const data = new Array(50).fill(i); clearTimeout(setTimeout(() => data.length, 1e6)); };`,
    },
    {
      name: 'closures-dropped',
      setup: `let last: (() => number) | null = null; const step = (i: number): void => { const big = new Array(100).fill(i); last = () => big.length; };`,
    },
    {
      name: 'weak-map-with-keys-that-go',
      setup: `const details = new WeakMap<object, number[]>(); const step = (i: number): void => { details.set({ i }, new Array(100).fill(i)); };`,
    },
    {
      name: 'weak-references',
      setup: `let seen: WeakRef<object>[] = [];
const step = (i: number): void => { seen.push(new WeakRef({ i, data: new Array(100).fill(i) })); if (seen.length >= 50) seen = []; };`,
    },
    {
      name: 'finalisers',
      setup: `let gone = 0; const registry = new FinalizationRegistry<number>(() => { gone += 1; });
const step = (i: number): void => { registry.register({ data: new Array(50).fill(i) }, i); };`,
    },
    {
      name: 'buffers-dropped',
      setup: `const step = (): number => Buffer.alloc(20_000).length;`,
    },
    {
      name: 'generators-ended',
      setup: `function* count(n: number) { for (let i = 0; i < n; i++) yield i; }
const step = (): number => { let sum = 0; for (const x of count(20)) sum += x; return sum; };`,
    },
    {
      name: 'async-generators-ended',
      setup: `async function* count(n: number) { for (let i = 0; i < n; i++) yield i; }
const step = async (): Promise<number> => { let sum = 0; for await (const x of count(5)) sum += x; return sum; };`,
    },
    {
      name: 'promises-settled',
      setup: `const step = async (i: number): Promise<number[]> => Promise.all([1, 2, 3].map(async (x) => x * i));`,
    },
    {
      name: 'streams-read',
      async: true,
      iterations: 500,
      setup: `import { Readable } from 'node:stream';
const step = async (): Promise<number> => { let n = 0; for await (const chunk of Readable.from(['a', 'b', 'c'])) n += String(chunk).length; return n; };`,
    },
    {
      name: 'signals-of-their-own',
      setup: `const step = (i: number): void => { const c = new AbortController(); c.signal.addEventListener('abort', () => i); c.abort(); };`,
    },
    {
      name: 'ring-of-fixed-length',
      setup: `const ring: number[][] = new Array(64); const step = (i: number): void => { ring[i % 64] = new Array(100).fill(i); };`,
    },
    {
      name: 'list-flushed-now-and-then',
      setup: `let rows: number[][] = []; let written = 0;
const step = (i: number): void => { rows.push(new Array(20).fill(i)); if (rows.length === 50) { written += rows.length; rows = []; } };`,
    },
    {
      name: 'json-there-and-back',
      setup: `const state = { a: [1, 2, 3], b: { c: 'x'.repeat(100) } }; const step = (): unknown => JSON.parse(JSON.stringify(state));`,
    },
    {
      name: 'texts-built-and-dropped',
      setup: `const step = (i: number): number => { let text = ''; for (let k = 0; k < 50; k++) text += k * i; return text.length; };`,
    },
    {
      name: 'errors-caught',
      setup: `const step = (i: number): string => { try { throw new Error('no ' + i); } catch (error) { return (error as Error).message; } };`,
    },
    {
      name: 'cycles',
      setup: `class Node2 { other: Node2 | null = null; data = new Array(50).fill(0); }
const step = (): void => { const a = new Node2(); const b = new Node2(); a.other = b; b.other = a; };`,
    },
    {
      name: 'counters-by-name',
      setup: `const counts: Record<string, number> = {}; const step = (i: number): void => { const key = 'k' + (i % 60); counts[key] = (counts[key] ?? 0) + 1; };`,
    },
    {
      name: 'clones-dropped',
      setup: `const world = { cells: Array.from({ length: 30 }, (_, i) => ({ i })) }; let latest: unknown; const step = (): void => { latest = structuredClone(world); };`,
    },
    {
      name: 'tensors-tidied',
      setup: `import * as tf from '@tensorflow/tfjs';
await tf.setBackend('cpu');
const step = (i: number): number => tf.tidy(() => tf.fill([100], i).sum().dataSync()[0]!);`,
    },
    {
      name: 'tensors-disposed',
      setup: `import * as tf from '@tensorflow/tfjs';
await tf.setBackend('cpu');
const step = (i: number): void => { const t = tf.fill([200], i); t.dispose(); };`,
    },
    {
      name: 'ports-closed',
      async: true,
      iterations: 300,
      setup: `import { MessageChannel } from 'node:worker_threads';
const step = (): void => { const { port1, port2 } = new MessageChannel(); port1.close(); port2.close(); };`,
    },
    {
      name: 'workers-ended',
      iterations: 10,
      warmup: 3,
      async: true,
      setup: `import { Worker } from 'node:worker_threads';
const step = async (): Promise<void> => { const worker = new Worker('0', { eval: true }); await new Promise((resolve) => worker.once('exit', resolve)); };`,
    },
  ] satisfies Omit<Program, 'leak'>[]
).map((program) => ({ ...program, leak: null }));
