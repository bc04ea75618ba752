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
};

test('there are notebooks', () => {
  expect(names).toContain('tour.ipynb');
});

describe.each(names)('%s', (name) => {
  const stored = JSON.parse(readFileSync(`${folder}${name}`, 'utf8')) as Notebook;
  let executed: Notebook;

  beforeAll(async () => {
    executed = await execute(`${folder}${name}`);
  }, 300_000);

  test('asks for the Heapmark kernel and is stored without outputs', () => {
    expect(stored.metadata.kernelspec?.name).toBe('heapmark');
    for (const cell of stored.cells.filter(({ cell_type }) => cell_type === 'code')) {
      expect([cell.id, cell.outputs, cell.execution_count]).toEqual([cell.id, [], null]);
    }
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

  test('has an outcome for everything it promises', () => {
    for (const [id, parts] of Object.entries(said[name] ?? {})) {
      for (const part of parts) expect(textBelow(executed, id)).toMatch(part);
    }
  });
});
