import { describe, expect, test } from 'vitest';
import { runLine } from '../../../kernel/src/magics/dispatch.js';
import { fake, shown, type Fake } from './fake-runtime.js';

const notebook = (): Fake =>
  fake({ values: { rows: [1, 2], text: 'hi', rowCount: 2, load: () => 0, _hidden: 1, __proto__name: 0 } });
const run = async (line: string, it: Fake = notebook()): Promise<Fake> => {
  const [, name = '', args = ''] = /^%(\S+)(.*)$/s.exec(line) ?? [];
  await runLine(name, args, it.context);
  return it;
};

describe('%vars', () => {
  test('passes pattern, type and order on, and leaves out what was not said', async () => {
    expect((await run('%vars')).said.calls).toEqual([['variables', { all: false, limit: 200 }]]);
    expect((await run('%vars row* --sort name --type Array --all')).said.calls).toEqual([
      ['variables', { all: true, pattern: 'row*', type: 'Array', sort: 'name', limit: 200 }],
    ]);
  });

  test('shows text and HTML of the same record', async () => {
    const it = await run('%vars');
    expect(shown(it)).toMatch(/^name +type +shape +size +cell +value\nrows/);
    expect(it.said.displays[0]?.['text/html']).toContain('<table class="heapmark-table">');
  });

  test('--json gives the record itself, with every row', async () => {
    const it = await run('%vars --json');
    expect(it.said.calls).toEqual([['variables', { all: false }]]);
    const display = it.said.displays[0] ?? {};
    expect(JSON.parse(String(display['text/plain']))).toEqual(JSON.parse(JSON.stringify(display['application/json'])));
    expect(display['text/html']).toBeUndefined();
  });

  test('a comment behind it is no argument', async () => {
    expect((await run('%vars // what is here?')).said.calls).toEqual([['variables', { all: false, limit: 200 }]]);
    expect((await run('%vars # what is here?')).said.calls).toEqual([['variables', { all: false, limit: 200 }]]);
  });
});

describe('%check_global_variable', () => {
  test('lists the plain names, with values on request', async () => {
    expect(shown(await run('%check_global_variable'))).toBe('rows\ntext\nrowCount');
    expect(shown(await run('%check_global_variable --values'))).toContain('rows      Array   [1,2]');
  });
});

describe('%who and its kin', () => {
  test('%who prints sorted names between tabs', async () => {
    expect((await run('%who')).said.stdout).toEqual(['rowCount\trows\ttext\n']);
  });

  test('%who of a type finds those of the type, functions too', async () => {
    expect((await run('%who function')).said.stdout).toEqual(['load\n']);
    expect((await run('%who string number')).said.stdout).toEqual(['rowCount\ttext\n']);
    expect((await run('%who Map')).said.stdout).toEqual(['No variables.\n']);
  });

  test('neither %who nor %whos of a type lists what was imported', async () => {
    const it = (): Fake => fake({ values: { imported: {}, own: {} } });
    expect((await run('%who object', it())).said.stdout).toEqual(['own\n']);
    expect(shown(await run('%whos object', it()))).not.toContain('imported');
  });

  test('%who_ls gives them as an array', async () => {
    expect((await run('%who_ls')).said.values).toEqual([['rowCount', 'rows', 'text']]);
  });

  test('%whos shows type and value', async () => {
    expect(shown(await run('%whos Array'))).toBe('Variable  Type   Data/Info\nrows      Array  [1,2]');
    expect(shown(await run('%whos Map'))).toBe('No variables.');
  });
});
