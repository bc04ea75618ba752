import { describe, expect, test } from 'vitest';
import { runLine } from '../../../kernel/src/magics/dispatch.js';
import { fake, shown, type Fake, type FakeOptions } from './fake-runtime.js';

const shared = { big: true };
const notebook = (more: FakeOptions = {}): Fake =>
  fake({ values: { rows: [1], other: shared, again: shared, tmp1: 1, tmp2: 2, load: () => 0, _own: 1 }, ...more });
const run = async (line: string, it: Fake = notebook()): Promise<Fake> => {
  const [, name = '', args = ''] = /^%(\S+)(.*)$/s.exec(line) ?? [];
  await runLine(name, args, it.context);
  return it;
};

/** The message, and that nothing went. */
const refusal = async (line: string, it: Fake = notebook()): Promise<string> => {
  const before = it.values.size;
  const message = await run(line, it).then(
    () => 'no error',
    (error: unknown) => (error as Error).message,
  );
  expect(it.values.size).toBe(before);
  expect(it.said.calls).toEqual([]);
  return message;
};

describe('%free', () => {
  test.each([
    ['%free rows', ['rows']],
    ['%free rows tmp1', ['rows', 'tmp1']],
    ['%free rows, tmp1,tmp2', ['rows', 'tmp1', 'tmp2']],
    ['%free rows rows', ['rows']],
    ['%free load', ['load']],
    ['%free --all', ['rows', 'other', 'again', 'tmp1', 'tmp2']],
    ['%free --pattern ^tmp\\d', ['tmp1', 'tmp2']],
  ])('%s frees %j, in one go', async (line, names) => {
    expect((await run(line)).said.calls).toEqual([['free', names]]);
  });

  test('says what went and what came back', async () => {
    expect(shown(await run('%free rows'))).toBe('Freed rows: ~1.00 kB, too little to measure what came back.');
  });

  test('a name that does not exist frees nothing, and the nearest is named', async () => {
    expect(await refusal('%free rows tpm1')).toBe(
      'No variable is called tpm1. Did you mean tmp1? Nothing was deleted.',
    );
    expect(await refusal('%free zzzzzz')).toBe('No variable is called zzzzzz.');
  });

  test.each(['constructor', '__proto__', 'toString', '<b>x</b>'])('%s is no name of the notebook', async (name) => {
    expect(await refusal(`%free ${name}`)).toContain(`No variable is called ${name}.`);
  });

  test.each(['%free', '%free rows --all', '%free --all --pattern x'])(
    '%s is refused: one way at a time',
    async (line) => {
      expect(await refusal(line)).toContain('%free takes names, or --all, or --pattern RE: one of the three.');
    },
  );
});

describe('%xdel', () => {
  test('deletes one name, and with -n its aliases', async () => {
    expect((await run('%xdel other')).said.calls).toEqual([['free', ['other']]]);
    expect((await run('%xdel -n other')).said.calls).toEqual([['free', ['other', 'again']]]);
  });

  test('needs a name that exists', async () => {
    expect(await refusal('%xdel othr')).toBe('No variable is called othr. Did you mean other?');
    expect(await refusal('%xdel')).toContain('%xdel needs NAME');
  });
});

describe('%reset', () => {
  const everything = ['rows', 'other', 'again', 'tmp1', 'tmp2', 'load', '_own'];

  test('asks, and deletes every name on yes', async () => {
    const it = await run('%reset', notebook({ answers: { input: ' Y ' } }));
    expect(it.said.asked).toEqual([
      ['input', { prompt: 'Once deleted, variables cannot be recovered. Proceed (y/[n])? ', password: false }],
    ]);
    expect(it.said.calls).toEqual([
      ['stopTimers', '%reset'],
      ['free', everything, { reason: 'reset' }],
    ]);
  });

  test.each(['', 'n', 'yep', 'no'])('deletes nothing on "%s"', async (input) => {
    const it = await run('%reset', notebook({ answers: { input } }));
    expect(it.said.calls).toEqual([]);
    expect(it.said.stdout).toEqual(['Nothing was deleted.\n']);
  });

  test('-f does not ask, -s is accepted', async () => {
    const it = await run('%reset -sf');
    expect(it.said.asked).toEqual([]);
    expect(it.said.calls).toEqual([
      ['stopTimers', '%reset'],
      ['free', everything, { reason: 'reset' }],
    ]);
  });

  test('says what to do where nobody can answer', async () => {
    const it = notebook({ answers: { input: new Error('stdin is not allowed') } });
    expect(await refusal('%reset', it)).toBe(
      '%reset asks before it deletes, and here nobody can answer. %reset -f does not ask.',
    );
  });

  test('an interrupt at the question stays an interrupt', async () => {
    const interrupt = Object.assign(new Error('interrupted'), { name: 'KeyboardInterrupt' });
    await expect(run('%reset', notebook({ answers: { input: interrupt } }))).rejects.toBe(interrupt);
  });

  test('--runtime asks the front for a fresh runtime and frees nothing itself', async () => {
    const it = await run('%reset -f --runtime');
    expect(it.said.asked).toEqual([['resetRuntime', null]]);
    expect(it.said.stdout).toEqual(['A fresh runtime starts when this cell is over.\n']);
    expect(it.said.calls).toEqual([]);
  });
});

describe('%reset_selective', () => {
  test('-f deletes the names that match', async () => {
    expect((await run('%reset_selective -f ^tmp')).said.calls).toEqual([
      ['free', ['tmp1', 'tmp2'], { reason: 'reset' }],
    ]);
  });

  test('asks without -f', async () => {
    expect((await run('%reset_selective ^tmp', notebook({ answers: { input: 'n' } }))).said.calls).toEqual([]);
  });

  test('is a mistake where nothing matches, or the expression is none', async () => {
    expect(await refusal('%reset_selective -f ^nothing')).toBe('No name matches ^nothing. %who lists the names.');
    expect(await refusal('%reset_selective -f (')).toContain('REGEX is no regular expression');
  });
});
