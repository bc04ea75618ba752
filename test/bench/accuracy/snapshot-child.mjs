/**
 * Run as `node --expose-gc snapshot-child.mjs MODEL`: MODEL is the bundled reader. Prints JSON: for each kind the bytes that one
 * value retains by a heap snapshot of this process.
 */
import { pathToFileURL } from 'node:url';
import { getHeapSnapshot } from 'node:v8';
import { kinds } from './kinds.mjs';

const [, , modelPath] = process.argv;
const { SnapshotReader, HeapAnalysis } = await import(pathToFileURL(modelPath).href);
const COUNT = 200;

/** The shape by which the reader knows names of the user. */
class Globals {
  names = new Map();
}
class Binding {
  constructor(name, home) {
    this.name = name;
    this.home = home;
  }
}

const home = new Globals();
for (const [name, make] of kinds) {
  // The first objects of a class have room to spare.
  for (let i = 0; i < 300; i++) make(i);
  const values = new Array(COUNT).fill(null);
  for (let i = 0; i < COUNT; i++) values[i] = make(i);
  const binding = new Binding(name, home);
  home.names.set(name, binding);
  Object.defineProperty(binding, 'v', { value: values, writable: true, enumerable: true, configurable: true });
}
globalThis.gc();
const reader = new SnapshotReader();
for await (const chunk of getHeapSnapshot()) reader.push(Buffer.from(chunk));
const analysis = new HeapAnalysis(reader.finish());
const POINTER = 8;
const ARRAY = 32;
const HEADER = 16;
const results = analysis.retainedByName().map(({ name, retained }) => ({
  name,
  retained: (retained - ARRAY - HEADER - COUNT * POINTER) / COUNT,
}));
if (home.names.size !== kinds.length) throw new Error('the names must live until here');
process.stdout.write(JSON.stringify(results));
