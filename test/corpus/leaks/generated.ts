/** Programs made at random, from a seed that is told when one of them is judged wrongly. */
import type { Program } from './program.js';

/** Numbers from 0 to below 1 (mulberry32, T. Ettinger, public domain). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What an iteration may keep, by its length. */
const KEPT: readonly { what: (length: number) => string; kind: RegExp; least: number }[] = [
  { what: (n) => `new Float64Array(${n})`, kind: /Float64Array|ArrayBuffer/, least: 40 },
  { what: (n) => `new Array(${n}).fill(i)`, kind: /Array/, least: 30 },
  { what: (n) => `Buffer.alloc(${n * 8})`, kind: /Buffer/, least: 60 },
  { what: (n) => `Array.from({ length: ${Math.ceil(n / 5)} }, (_, k) => ({ i, k }))`, kind: /Object|Array/, least: 30 },
];
/** Ways to keep it. */
const KEEPERS: readonly { declare: string; keep: (value: string) => string }[] = [
  { declare: 'const kept: unknown[] = [];', keep: (value) => `kept.push(${value})` },
  { declare: 'const kept = new Set<unknown>();', keep: (value) => `kept.add({ value: ${value} })` },
  { declare: 'const kept = new Map<number, unknown>();', keep: (value) => `kept.set(i + 0.5, ${value})` },
];

/** Each keeps something of random size, at every iteration or at every few. */
export function generatedLeaks(seed: number, count: number): Program[] {
  const random = randomFrom(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  return Array.from({ length: count }, (_, index): Program => {
    const { what, kind, least } = pick(KEPT);
    const { declare, keep } = pick(KEEPERS);
    const length = Math.round(least * (1 + 12 * random() ** 2));
    const every = 1 + Math.floor(3 * random());
    return {
      name: `leak-${seed}-${index}`,
      setup: `${declare}\nconst step = (i: number): void => { if (i % ${every} === 0) ${keep(what(length))}; };`,
      leak: { holder: /`kept`/, kind },
    };
  });
}

/** Each keeps no more than a bounded number of things, in one of some ways. */
export function generatedClean(seed: number, count: number): Program[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, (_, index): Program => {
    const bound = 5 + Math.floor(120 * random());
    const length = 10 + Math.floor(200 * random());
    const ways = [
      `const kept: unknown[] = [];\nconst step = (i: number): void => { kept[i % ${bound}] = new Array(${length}).fill(i); };`,
      `let kept: unknown[] = [];\nconst step = (i: number): void => { kept.push(new Float64Array(${length})); if (kept.length > ${bound}) kept = []; };`,
      `const kept = new Map<number, unknown>();\nconst step = (i: number): void => { kept.set(Math.floor(Math.random() * ${bound}), Buffer.alloc(${length})); };`,
    ];
    return { name: `clean-${seed}-${index}`, setup: ways[Math.floor(random() * ways.length)] as string, leak: null };
  });
}
