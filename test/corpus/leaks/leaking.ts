/** Programs that leak, of kinds that people write. */
import type { Program } from './program.js';

const held = (name: string): RegExp => new RegExp(`\`${name}\``);

export const leaking: readonly Program[] = [
  {
    name: 'history-in-a-list',
    setup: `const history: { i: number; state: number[] }[] = [];
const step = (i: number): void => { history.push({ i, state: new Array(40).fill(i) }); };`,
    leak: { holder: held('history'), kind: /Array|Object \{i, state\}/ },
  },
  {
    name: 'closures-in-a-list',
    setup: `const callbacks: (() => number)[] = [];
const step = (i: number): void => { const big = new Array(60).fill(i); callbacks.push(() => big.length); };`,
    leak: { holder: held('callbacks'), kind: /function|Array/ },
  },
  {
    name: 'history-in-a-closure',
    setup: `const makeStep = () => { const trace: number[][] = []; return (i: number): void => { trace.push(new Array(50).fill(i)); }; };
const step = makeStep();`,
    leak: { holder: /variable trace/, kind: /Array/ },
  },
  {
    name: 'cache-keyed-by-a-float',
    setup: `const solutions = new Map<number, { grid: Float64Array }>();
const step = (): void => { solutions.set(Math.random(), { grid: new Float64Array(300) }); };`,
    leak: { holder: held('solutions'), kind: /Float64Array|ArrayBuffer/ },
  },
  {
    name: 'table-by-names',
    setup: `const table: Record<string, number[]> = {};
const step = (i: number): void => { table['run ' + i] = new Array(120).fill(i); };`,
    leak: { holder: held('table'), kind: /Array/ },
  },
  {
    name: 'set-of-visited',
    setup: `class Visit { values = new Array(90).fill(1); constructor(public node: number) {} }
const visited = new Set<Visit>();
const step = (i: number): void => { visited.add(new Visit(i)); };`,
    leak: { holder: held('visited'), kind: /Visit|Array/ },
  },
  {
    name: 'listener-a-solve',
    setup: `import { EventEmitter } from 'node:events';
const bus = new EventEmitter(); bus.setMaxListeners(0);
const step = (i: number): void => { const residuals = new Array(50).fill(i); bus.on('tick', () => residuals.length); };`,
    leak: { holder: held('bus'), kind: /function|Array/ },
  },
  {
    name: 'listener-of-an-event-target',
    setup: `const target = new EventTarget();
((await import('node:events')) as any).setMaxListeners(0, target);
const step = (i: number): void => { const kept = new Array(80).fill(i); target.addEventListener('change', () => void kept.length); };`,
    leak: { holder: held('target'), kind: /function|Array|Listener/ },
  },
  {
    name: 'listener-of-process',
    setup: `process.setMaxListeners(0);
const step = (i: number): void => { const kept = new Array(80).fill(i); process.on('warning', () => kept.length); };`,
    cleanUp: `process.removeAllListeners('warning');`,
    leak: { holder: /process/, kind: /function|Array/ },
  },
  {
    name: 'listener-of-a-signal',
    setup: `const stopping = new AbortController();
((await import('node:events')) as any).setMaxListeners(0, stopping.signal);
const step = (i: number): void => { const kept = new Array(80).fill(i); stopping.signal.addEventListener('abort', () => void kept.length); };`,
    leak: { holder: held('stopping'), kind: /function|Array|Listener/ },
  },
  {
    name: 'interval-never-cleared',
    setup: `const running: NodeJS.Timeout[] = [];
const step = (i: number): void => { const kept = new Array(100).fill(i); running.push(setInterval(() => kept.length, 3_600_000)); };`,
    cleanUp: `for (const timer of running) clearInterval(timer);`,
    leak: { holder: /running|timer/, kind: /Timeout|Array|function/ },
  },
  {
    name: 'timer-far-away',
    setup: `globalThis.farTimers = 0;
const step = (i: number): void => { const kept = new Array(150).fill(i); setTimeout(() => kept.length, 3_600_000).unref(); };`,
    leak: { holder: /timer/, kind: /Timeout|Array|function/ },
  },
  {
    name: 'promise-never-settled',
    setup: `const gate = new Promise<void>(() => undefined);
const step = (i: number): void => { const kept = new Array(70).fill(i); void gate.then(() => kept.length); };`,
    leak: { holder: held('gate'), kind: /Promise|function|Array/ },
  },
  {
    name: 'functions-that-wait-for-ever',
    setup: `let open: () => void = () => undefined;
const opened = new Promise<void>((resolve) => { open = resolve; });
const wait = async (i: number): Promise<number> => { const kept = new Array(70).fill(i); await opened; return kept.length; };
const step = (i: number): void => { void wait(i); };`,
    leak: { holder: /`opened`|`open`/, kind: /Array|Promise|Generator|function/ },
  },
  {
    name: 'async-generators-left-open',
    setup: `async function* rows(i: number) { const block = new Array(200).fill(i); for (const row of block) yield row; }
const readers: AsyncGenerator<number>[] = [];
const step = async (i: number): Promise<void> => { const reader = rows(i); await reader.next(); readers.push(reader); };`,
    leak: { holder: held('readers'), kind: /Generator|Array/ },
  },
  {
    name: 'generators-left-open',
    setup: `function* walk(i: number) { const path = new Array(90).fill(i); for (const node of path) yield node; }
const walkers: Iterator<number>[] = [];
const step = (i: number): void => { const walker = walk(i); walker.next(); walkers.push(walker); };`,
    leak: { holder: held('walkers'), kind: /Generator|Array|walk/ },
  },
  {
    name: 'weak-map-with-keys-that-stay',
    setup: `const nodes: object[] = [];
const details = new WeakMap<object, number[]>();
const step = (i: number): void => { const node = { i }; nodes.push(node); details.set(node, new Array(150).fill(i)); };`,
    leak: { holder: /`nodes`|`details`/, kind: /Array|Object \{i\}/ },
  },
  {
    name: 'held-value-of-a-registry',
    setup: `const finished = new FinalizationRegistry<{ job: object }>(() => undefined);
const step = (i: number): void => { const job = { results: new Array(100).fill(i) }; finished.register(job, { job }); };`,
    leak: { holder: held('finished'), kind: /Array|Object/ },
  },
  {
    name: 'buffers-in-a-queue',
    setup: `const chunks: Buffer[] = [];
const step = (): void => { chunks.push(Buffer.alloc(2_000)); };`,
    leak: { holder: held('chunks'), kind: /Buffer/ },
  },
  {
    name: 'views-that-keep-their-base',
    setup: `const heads: Uint8Array[] = [];
const step = (): void => { heads.push(new Uint8Array(6_000).subarray(0, 4)); };`,
    leak: { holder: held('heads'), kind: /Uint8Array|ArrayBuffer/ },
  },
  {
    name: 'slices-that-keep-their-text',
    setup: `const ids: string[] = [];
const step = (i: number): void => { ids.push(Buffer.alloc(3_000, 97 + (i % 20)).toString('latin1').slice(5, 30)); };`,
    leak: { holder: held('ids'), kind: /string/ },
  },
  {
    name: 'streams-never-read',
    setup: `import { PassThrough } from 'node:stream';
const pipes = new Set<PassThrough>();
const step = (): void => { const pipe = new PassThrough(); pipe.write('x'.repeat(500)); pipes.add(pipe); };`,
    iterations: 600,
    leak: { holder: held('pipes'), kind: /PassThrough|State|Object|Array|function|Buffer/ },
  },
  {
    name: 'chain-of-states',
    setup: `interface State { before: State | null; values: number[] }
let latest: State | null = null;
const step = (i: number): void => { latest = { before: latest, values: new Array(100).fill(i) }; };`,
    leak: { holder: held('latest'), kind: /Object|Array/ },
  },
  {
    name: 'registry-of-a-class',
    setup: `class Solver { static readonly all: Solver[] = []; grid = new Float64Array(200); constructor() { Solver.all.push(this); } }
const step = (): void => { new Solver(); };`,
    leak: { holder: held('Solver'), kind: /Solver|Float64Array|ArrayBuffer/ },
  },
  {
    name: 'property-of-a-function',
    setup: `function lookUp(i: number): number[] { const key = 'k' + i; return (lookUp.known[key] ??= new Array(100).fill(i)); }
lookUp.known = {} as Record<string, number[]>;
const step = (i: number): void => { lookUp(i); };`,
    leak: { holder: held('lookUp'), kind: /Array/ },
  },
  {
    name: 'errors-kept',
    setup: `const failures: unknown[] = [];
const step = (i: number): void => {
  try { throw Object.assign(new RangeError('no convergence'), { state: new Array(120).fill(i) }); } catch (error) { failures.push(error); }
};`,
    leak: { holder: held('failures'), kind: /Error|Array|Object/, steady: false },
  },
  {
    name: 'snapshots-to-undo',
    setup: `const world = { cells: Array.from({ length: 30 }, (_, i) => ({ i, alive: true })) };
const undo: unknown[] = [];
const step = (): void => { undo.push(structuredClone(world)); };`,
    iterations: 1_000,
    leak: { holder: held('undo'), kind: /Object/ },
  },
  {
    name: 'map-of-maps',
    setup: `const byDay = new Map<number, Map<number, string[]>>();
const step = (i: number): void => {
  const day = i % 7;
  if (!byDay.has(day)) byDay.set(day, new Map());
  byDay.get(day)?.set(i, new Array(150).fill('x'));
};`,
    leak: { holder: held('byDay'), kind: /Array/ },
  },
  {
    name: 'web-assembly-memories',
    setup: `const memories: WebAssembly.Memory[] = [];
const step = (): void => { memories.push(new WebAssembly.Memory({ initial: 1, maximum: 1 })); };`,
    iterations: 200,
    leak: { holder: held('memories'), kind: /Memory|ArrayBuffer|external/ },
  },
  {
    name: 'tensors-not-disposed',
    setup: `import * as tf from '@tensorflow/tfjs';
await tf.setBackend('cpu');
const losses: tf.Tensor[] = [];
const step = (i: number): void => { losses.push(tf.fill([400], i)); };`,
    cleanUp: `tf.dispose(losses);`,
    leak: { holder: held('losses'), kind: /Tensor|Float32Array|ArrayBuffer/ },
  },
  {
    name: 'ports-left-open',
    setup: `import { MessageChannel } from 'node:worker_threads';
const channels: MessageChannel[] = [];
const step = (i: number): void => { const channel = new MessageChannel(); channel.port1.on('message', () => i); channels.push(channel); };`,
    cleanUp: `for (const { port1, port2 } of channels) { port1.close(); port2.close(); }`,
    iterations: 300,
    leak: { holder: held('channels'), kind: /Port|Channel|Object|function|Map|Array/ },
  },
  {
    name: 'workers-never-ended',
    setup: `import { Worker } from 'node:worker_threads';
const workers: Worker[] = [];
const step = async (): Promise<void> => {
  const worker = new Worker('setInterval(() => 0, 1e6)', { eval: true });
  await new Promise((resolve) => worker.once('online', resolve));
  workers.push(worker);
};`,
    cleanUp: `await Promise.all(workers.map((worker) => worker.terminate()));`,
    iterations: 12,
    warmup: 3,
    leak: { holder: held('workers'), kind: /Worker|native|Port|Object|Array|function|Map/, steady: false },
  },
];
