import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { execute, sourceOf, textBelow, textOf, type Notebook } from './executed-notebook.js';

const folder = fileURLToPath(new URL('../../notebooks/', import.meta.url));
const names = readdirSync(folder).filter((name) => name.endsWith('.ipynb'));

/** Cells with this tag are meant to fail. */
const MAY_FAIL = 'raises-exception';

/** What a notebook must have said when it ran, beside not failing: text below the cell with the id. */
const said: Record<string, Record<string, (string | RegExp)[]>> = {
  'tensors-and-gpu.ipynb': {
    backend: [/^(wasm|webgpu)/m],
    train: [/loss \d\.\d+ → \d\.\d+/],
    vars: [/model +Sequential/, /xs +Tensor +.* 524 kB/],
    tensors: [/tfjs (wasm|webgpu) \(active\)/, /\[4096, 32\] +float32 +524 kB +\w+ +\[\d+\] +xs/],
    find: [/scores/],
    collected: [/Full collection/],
    peak: ['Tensors at their highest'],
    free: [/Tensors: \d+\.\d MB came back, \d+ tensors disposed/],
    empty: [/tfjs (wasm|webgpu): \d+(\.\d+)? MB back/],
    still: ['true'],
    gpu: [/GPU 0|No device/],
  },
  'tour.ipynb': {
    'fill-code': ['9.5'],
    vars: [
      /prices +Float64Array +\d+ +160 MB/,
      /orders +Array +200 +~?16\.\d MB/,
      /shares 4\.\d+ MB with latest/,
      /title +string/,
      /4 variables listed\. All variables together: ~?\d+ MB, shared parts once/,
    ],
    'free-prices': [/Freed prices: 160 MB came back of 160 MB expected\./],
    'free-orders': [
      /Freed orders: 1[12]\.\d MB came back of ~?12\.\d MB expected/,
      /4\.\d+ MB of orders stay: shared with latest/,
    ],
    'gc-code': ['Full collection:', /minor +\d+/],
    'mem-code': ["V8's heap", 'process memory', 'cell  '],
    helpers: ['tmpMatrix'],
    'free-temporary': [/Freed tmpMatrix and tmpLookup/],
    'cells-code': [/\[\d+\] 1\d\d\.\d MB/],
    'free-all': [/Freed latest/],
    'still-there': ['2'],
  },
  'cycles-and-finalizers.ipynb': {
    watch: ['All 3 tracked objects went.'],
    held: [
      '6 tracked objects should be gone and are not; 3 went.',
      /by a listener +\[\d+\] +\d+ +held by `bus`/,
      /by a timer +\[\d+\] +\d+ +held by (`timer`|a pending timer)/,
      /by a closure +\[\d+\] +\d+ +held by `size`/,
      /as a Map key +\[\d+\] +\d+ +held by `seen` -> Map key/,
      /by a registry +\[\d+\] +\d+ +held by `models` -> Map entry 'model-1' -> value/,
      /by its finaliser +\[\d+\] +\d+ +held by `finalizers`/,
    ],
    cured: ['All 9 tracked objects went.'],
    'weak-gone': ['All 10 tracked objects went.'],
    using: ['2 open', 'closed second\nclosed first\nError: second failed after first', '0 open'],
    'late-code': ['right after the block: 0 cleaned up'],
    'later-code': ['after a collection: a b c'],
    'never-code': [/^'?done'?$/m],
  },
  'caches.ipynb': {
    factorial: ['hits: 1, misses: 5, maxSize: 128, currentSize: 5'],
    fib: ['0 1 1 2 3 5 8 13 21 34 55 89 144 233 377 610', 'hits: 28, misses: 16, maxSize: Infinity, currentSize: 16'],
    pep: ['hits: 3, misses: 8, maxSize: 32, currentSize: 8'],
    async: ['loads: 2, hits: 2, misses: 2'],
    bytes: ['kept: [ 39, 40 ]'],
    waste: [/render +memoize +90 of 100 +~?14\.\d MB/, /hit rate of 0 %: clear it with %caches clear render/],
    own: [/embeddings +Map +1000 +~?1\.\d+ MB/],
    clear: ['Cleared render: 90 entries', 'load now holds at most 1 entry; 1 left.', /render +memoize +0 of 100/],
    disk: ['saved: 16, restored: 16, hits: 1, misses: 0'],
  },
  'weak-model-cache.ipynb': {
    map: ['megabytes: 40, hitRate: 93'],
    weak: [/megabytes: [3-5]\b/],
    bounded: [/megabytes: [78]\b/],
    combined: [/megabytes: (?:8|9|1[01])\b/],
    table: ['memory and hit rate of each strategy'],
    expiry: [/0 +│ 0 +│ false +│ 1000 +│ 1000/, /1 +│ 0 +│ true +│ 200 +│ 200/],
  },
  'leaks-in-long-iterations.ipynb': {
    rod: [/0\.1249\d+|0\.125/],
    plate: [/0\.073\d/],
    'run-first': [/100,000 steps left 1\d\d MB behind/],
    'leaks-first': [
      /Leaks ~[12]\.\d+ kB per iteration/,
      /variable trail/,
      /`solved`/,
      /`monitor`/,
      /variable registry/,
    ],
    'free-first': [/Freed solved and stepFirst/],
    'free-monitor': [/Freed monitor/],
    left: [/^[5-9]\d MB are still there/],
    again: [/^[0-3] MB/],
    'leaks-second': ['No leak.'],
    'run-second': [/100,000 steps left [01]\.\d MB behind/],
    'leaks-delete': ['No leak.'],
    'chain-plate': ['No leak.'],
    posterior: [/rod +theta 1: 0\.\d+/, /plate +theta 2: -0\.\d+/],
  },
  'release-memory.ipynb': {
    vars: [/table +Object/, /shares 20\d MB with backup/, /All variables together: ~?20\d MB/],
    'free-table': ['Freed table: nothing came back', 'held by another name: `backup`'],
    'free-backup': ["held by `report` -> .parts -> Map entry 'sensors' -> value"],
    'free-report': [/Freed report: \d+ B came back/, "report.parts.get('sensors') is still there"],
    'why-report': [/held by `find` -> a closure declared in cell \[\d+\] -> variable data/],
    exact: [/find +function +205 MB/],
    'free-find': [/Freed find: 20\d MB came back/],
    'free-all': [/Freed morning, evening and labels: 4\d\d MB came back/],
    again: ["[ 'function', 'function', 'function' ]"],
    untouched: [/allocated +buffers +400 MB/],
    'free-untouched': [/Freed untouched: 400 MB came back of 400 MB expected/],
    'free-small': [/Freed small: 20\d MB came back/],
    committed: ['heap committed', 'V8 keeps'],
    numbers: [/all four freed +\d+\.?\d* +0?\.?[0-9]/],
  },
  'views-pin-buffers.ipynb': {
    'grow-code': [/4\d\d MB +~?100 MB .* cell \[3\]:4 +let base: DataSet \| null = load\(user\);/],
    vars: [/holds 50 views of 1\.20 kB in all that keep 100 MB of buffers alive/, 'slice()'],
    'free-base': ['Freed base: nothing came back', /20\.0 MB of base stay: shared with view/],
    'vars-view': [/keeps 20\.0 MB alive: a view of 24 B on a buffer of 20\.0 MB/],
    'overwrite-code': ['24 bytes look into a buffer of 20 MB'],
    'write-code': ['base: 42 1', 'copy: [ 1, 99, 1 ]'],
    'free-views': [/: 1[34]\d MB came back/],
    'cure-code': [/load\(user\)/],
    'vars-copies': [/copies +Array +5 +~?1\d\.\d kB/],
    numbers: [/views +20\.\d +40\.\d +60\.\d +80\.\d +100\.\d MB/],
    'time-view': ['per loop'],
    'time-slice': ['per loop'],
    'time-pick': ['per loop'],
  },
};

/** The figures that a notebook draws: how many points each shows at least. */
const drawn: Record<string, number[]> = {
  'leaks-in-long-iterations.ipynb': [40, 15],
  'release-memory.ipynb': [10],
  'views-pin-buffers.ipynb': [10],
  'weak-model-cache.ipynb': [5],
};
const VEGA_LITE = 'application/vnd.vegalite.v5+json';

interface Figure {
  data: { values: unknown[] };
}

test('there are notebooks', () => {
  expect(names).toContain('tour.ipynb');
});

describe.each(names)('%s', (name) => {
  const stored = JSON.parse(readFileSync(`${folder}${name}`, 'utf8')) as Notebook;
  let executed: Notebook;

  beforeAll(async () => {
    executed = await execute(`${folder}${name}`);
  }, 300_000);

  test('asks for the Heapmark kernel and is stored as new, or as it ran from top to bottom', () => {
    expect(stored.metadata.kernelspec?.name).toBe('heapmark');
    const counts = stored.cells
      .filter(({ cell_type }) => cell_type === 'code')
      .map((cell) => cell.execution_count ?? null);
    const isNew = counts.every((count) => count === null);
    expect(counts).toEqual(isNew ? counts : counts.map((_, index) => index + 1));
    if (isNew) expect(stored.cells.flatMap(({ outputs }) => outputs ?? [])).toEqual([]);
  });

  test('runs from top to bottom without an error', () => {
    const failures = executed.cells
      .filter(({ metadata }) => metadata.tags?.includes(MAY_FAIL) !== true)
      .flatMap((cell) =>
        (cell.outputs ?? [])
          .filter(({ output_type, name: stream }) => output_type === 'error' || stream === 'stderr')
          .map((output) => `${sourceOf(cell)}\n→ ${textOf(output)}`),
      );
    expect(failures).toEqual([]);
  });

  test('draws its figures in a way that JupyterLab shows', () => {
    const figures = executed.cells
      .flatMap(({ outputs }) => outputs ?? [])
      .flatMap(({ data }) => (data !== undefined && VEGA_LITE in data ? [data[VEGA_LITE] as Figure] : []));
    const least = drawn[name] ?? [];
    expect(figures).toHaveLength(least.length);
    figures.forEach(({ data }, at) => expect(data.values.length).toBeGreaterThanOrEqual(least[at] ?? Infinity));
  });

  test('has an outcome for everything it promises', () => {
    for (const [id, parts] of Object.entries(said[name] ?? {})) {
      for (const part of parts) expect(textBelow(executed, id)).toMatch(part);
    }
  });
});
