import { describe, expect, test } from 'vitest';
import { magicDeclarations } from '@heapmark/protocol';
import { runCell, runLine } from '../../../kernel/src/magics/dispatch.js';
import { magics } from '../../../kernel/src/magics/registry.js';
import type { RunnableCode } from '../../../kernel/src/runtime/context.js';
import { fake, shown } from './fake-runtime.js';

const body: RunnableCode = { source: '1 + 1', run: async () => ({ value: 2 }) };

describe('the registry', () => {
  test('has an implementation for every available magic, in the order of the declarations, and no other', () => {
    const declared = magicDeclarations.filter(({ available }) => available).map(({ name }) => name);
    expect(magics.map(({ name }) => name)).toEqual(declared);
  });

  test('has the forms that are declared', () => {
    for (const magic of magics) {
      const form = magicDeclarations.find(({ name }) => name === magic.name)?.form;
      expect([magic.name, magic.line !== undefined, magic.cell !== undefined]).toEqual([
        magic.name,
        form !== 'cell',
        form !== 'line',
      ]);
    }
  });
});

describe('help', () => {
  test.each(['vars?', 'vars??'])('is shown for %%%s', async (name) => {
    const it = fake();
    await runLine(name, '', it.context);
    expect(shown(it)).toContain('%vars [PATTERN] [--sort size|name|cell]');
    expect(it.said.calls).toEqual([]);
  });

  test('is shown for a question mark behind the name', async () => {
    const it = fake();
    await runLine('free', ' ? ', it.context);
    expect(shown(it)).toContain('%free [NAME…] [--all] [--pattern RE]');
    expect(it.said.displays[0]?.['text/html']).toContain('<bdi>--all</bdi>');
  });

  test('of a cell magic is shown without running the cell', async () => {
    const it = fake();
    expect(
      await runCell(
        { name: 'timeit', args: '?', body: '' },
        { ...body, run: () => Promise.reject(new Error('ran')) },
        it.context,
      ),
    ).toBeUndefined();
    expect(shown(it)).toContain('%timeit');
  });

  test('of a magic of a later version says so', async () => {
    const it = fake();
    await runLine('checkpoint?', '', it.context);
    expect(shown(it)).toContain('Not in this version of Heapmark yet.');
  });

  test('of no name is the list of magics', async () => {
    const it = fake();
    await runLine('', '?', it.context);
    expect(shown(it)).toContain('%check_global_variable');
  });
});

describe('mistakes', () => {
  test.each([
    ['vras', 'There is no magic %vras. Did you mean %vars? %lsmagic lists them.'],
    ['Free', 'There is no magic %Free. Did you mean %free? %lsmagic lists them.'],
    ['plotly', 'There is no magic %plotly. %lsmagic lists them.'],
    [
      'pip',
      'There is no magic %pip. Install packages with npm install NAME in a terminal, in the folder of the notebook.',
    ],
    ['cd', 'There is no magic %cd. Change the folder with process.chdir("…").'],
    [
      'autoreload',
      'There is no magic %autoreload. Local files that are imported are loaded again by themselves when they have changed.',
    ],
    ['constructor', 'There is no magic %constructor. %lsmagic lists them.'],
  ])('%%%s is answered by "%s"', async (name, message) => {
    await expect(runLine(name, '', fake().context)).rejects.toMatchObject({ code: 'usage', message });
  });

  test('a magic of a later version is answered by one honest line', async () => {
    const message = '%checkpoint is not in this version of Heapmark yet. %lsmagic lists what is.';
    await expect(runLine('checkpoint', 'on', fake().context)).rejects.toMatchObject({ code: 'usage', message });
    await expect(runCell({ name: 'checkpoint', args: '', body: '' }, body, fake().context)).rejects.toThrow(
      '%checkpoint is not in this version',
    );
  });

  test('a line magic at the head of a cell, and a cell magic on a line, name the right form', async () => {
    await expect(runCell({ name: 'vars', args: '', body: '' }, body, fake().context)).rejects.toThrow(
      '%vars stands on a line of its own',
    );
  });
});

test('lsmagic lists what is available and nothing else', async () => {
  const it = fake();
  await runLine('lsmagic', '', it.context);
  expect(shown(it)).toContain('%time, %%time');
  expect(shown(it)).not.toContain('checkpoint');
});
