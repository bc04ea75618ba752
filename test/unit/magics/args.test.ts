import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { magicDeclaration, magicDeclarations, type MagicDeclaration } from '@heapmark/protocol';
import { parseArguments, type Arguments } from '../../../kernel/src/magics/args.js';
import { MagicError } from '../../../kernel/src/runtime/context.js';

const sample: MagicDeclaration = {
  name: 'sample',
  form: 'line',
  summary: 'Shows what arguments can be.',
  available: true,
  args: [
    { name: 'FIRST', kind: 'positional', value: 'string', help: 'the first word' },
    { name: '--sort', alias: '-s', kind: 'option', value: { oneOf: ['size', 'name'] }, help: 'the order' },
    { name: '--pattern', kind: 'option', value: 'regexp', help: 'which' },
    { name: '--limit', kind: 'option', value: 'bytes', help: 'how much' },
    { name: '-n', kind: 'option', value: 'integer', help: 'how often' },
    { name: '-t', kind: 'option', value: 'number', help: 'how long' },
    { name: '-q', kind: 'flag', help: 'no output' },
    { name: '-o', kind: 'flag', help: 'the record' },
    { name: '--all', alias: '-a', kind: 'flag', help: 'everything' },
    { name: '--deep', kind: 'flag', available: false, help: 'not yet' },
    { name: 'WORDS', kind: 'rest', value: 'string', help: 'more words' },
  ],
};

const read = (line: string): Arguments => parseArguments(sample, line);
const declared = (name: string): MagicDeclaration => magicDeclaration(name) as MagicDeclaration;

const problem = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof MagicError) return error.message;
    throw error;
  }
  return 'no error';
};

describe('options', () => {
  test.each([
    '--sort=name',
    '--sort name',
    '-s name',
    '-sname',
    '-s=name',
    '--sort "name"',
    "--sort='name'",
    '--sort NAME',
  ])('an option takes its value as %s', (line) => {
    expect(read(line).text('--sort')).toBe('name');
  });

  test('short flags can be joined, and the last of them can be an option with its value', () => {
    const args = read('-qon5');
    expect([args.has('-q'), args.has('-o'), args.number('-n')]).toEqual([true, true, 5]);
    expect(read('-qn 5').number('-n')).toBe(5);
  });

  test('an alias stands for the option itself', () => {
    expect(read('-a').has('--all')).toBe(true);
    expect(read('').has('--all')).toBe(false);
  });

  test('the last of a repeated option counts', () => {
    expect(read('-n 1 -n 2').number('-n')).toBe(2);
  });

  test('options may stand behind words, until -- ends them', () => {
    const args = read('one two -q -- -o --all');
    expect(args.has('-q')).toBe(true);
    expect(args.has('-o')).toBe(false);
    expect([args.text('FIRST'), ...args.rest]).toEqual(['one', 'two', '-o', '--all']);
  });

  test('a quoted word that begins with a minus is a word', () => {
    expect(read('"-q"').text('FIRST')).toBe('-q');
  });

  test('a lone minus is a word', () => {
    expect(read('-').text('FIRST')).toBe('-');
  });
});

describe('values', () => {
  test('sizes are read in units, and off is none', () => {
    expect(read('--limit 1.5G').bytes('--limit')).toBe(1.5e9);
    expect(read('--limit=off').bytes('--limit')).toBeNull();
    expect(read('').bytes('--limit')).toBeUndefined();
  });

  test('a regular expression needs no doubled backslashes, and may stand between slashes', () => {
    expect(read('--pattern ^tmp\\d+$').regexp('--pattern')?.test('tmp12')).toBe(true);
    expect(read('--pattern /^TMP/gi').regexp('--pattern')).toEqual(/^TMP/i);
    expect(read('--pattern "a b"').regexp('--pattern')?.source).toBe('a b');
  });

  test('numbers may have a fraction where one makes sense', () => {
    expect(read('-t .5').number('-t')).toBe(0.5);
    expect(problem(() => read('-n 1.5'))).toContain('-n takes a whole number');
  });

  test('double quotes know two escapes, single ones none, and quotes join in a word', () => {
    expect(read('"a \\"b\\" \\\\ \\n"').text('FIRST')).toBe('a "b" \\ \\n');
    expect(read("'a \\'").text('FIRST')).toBe('a \\');
    expect(read('a" b"\'c\'').text('FIRST')).toBe('a bc');
    expect(read('""').text('FIRST')).toBe('');
  });
});

describe('code', () => {
  test('begins at the first word that is no option, and is kept as written', () => {
    const args = parseArguments(declared('timeit'), '  -n 5 -q  f("a  b", \'--x\')  // why -n ');
    expect(args.number('-n')).toBe(5);
    expect(args.has('-q')).toBe(true);
    expect(args.code).toBe('f("a  b", \'--x\')  // why -n');
  });

  test('may hold quotes that are not closed and look like nothing on earth', () => {
    expect(parseArguments(declared('timeit'), "/'/.test(x)").code).toBe("/'/.test(x)");
    expect(parseArguments(declared('time'), '"').code).toBe('"');
  });

  test('that begins with a minus needs no -- where the magic has no options', () => {
    expect(parseArguments(declared('time'), '-x').code).toBe('-x');
    expect(parseArguments(declared('timeit'), '-- -x').code).toBe('-x');
  });
});

describe('mistakes', () => {
  test('an unknown option names the nearest right one and shows the usage', () => {
    expect(problem(() => parseArguments(declared('vars'), '--srot name'))).toBe(
      '%vars has no option --srot. Did you mean --sort?\nUsage: %vars [PATTERN] [--sort size|name|cell] [--type TEXT] [--all] [--exact] [--force] [--json]',
    );
  });

  test('one that is far from everything suggests nothing', () => {
    expect(problem(() => read('--frobnicate'))).toMatch(/^%sample has no option --frobnicate\.\nUsage/);
  });

  test('a wrong choice names the choices and the nearest', () => {
    expect(problem(() => read('--sort nmae'))).toContain('--sort takes size, name, not "nmae". Did you mean name?');
  });

  test.each([
    ['-n', '-n needs a value: how often.'],
    ['-n x', '-n takes a whole number, 0 or more, not "x".'],
    ['-n -5', '-n takes a whole number, 0 or more, not "-5".'],
    ['-n 99999999999999999999', '-n 99999999999999999999 is too large.'],
    ['--limit big', '--limit takes a size such as 512M or 2G, or off, not "big".'],
    ['--all=yes', '--all takes no value.'],
    ['-qx', '%sample has no option -qx.'],
    ['"open', 'The quote " is not closed.'],
    ['--pattern (', '--pattern is no regular expression:'],
    ['--constructor', '%sample has no option --constructor.'],
    ['--__proto__', '%sample has no option --__proto__.'],
  ])('"%s" is answered by "%s"', (line, message) => {
    expect(problem(() => read(line))).toContain(message);
  });

  test('an option of a later version says so, and is no part of the usage', () => {
    expect(problem(() => read('--deep'))).toBe('%sample --deep is not in this version of Heapmark yet.');
    expect(problem(() => read('--nope'))).not.toContain('--deep');
  });

  test('a magic that takes nothing refuses a word', () => {
    expect(problem(() => parseArguments(declared('lsmagic'), 'foo'))).toContain('%lsmagic does not take "foo".');
  });

  test('what is required is asked for by name', () => {
    expect(problem(() => parseArguments(declared('xdel'), ' -n '))).toContain('%xdel needs NAME: what to delete.');
  });

  test('a message has two lines at most', () => {
    for (const line of ['--x', '-n', '--sort q', '"'])
      expect(problem(() => read(line)).split('\n').length).toBeLessThanOrEqual(2);
  });
});

test('whatever is typed gives arguments or a usage error, and never anything else', () => {
  const line = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom('-', '-', ' ', '"', "'", '\\', 'a', 'n', '=', '5', '\u202e', '\ud800') }),
  );
  fc.assert(
    fc.property(line, fc.constantFrom(...magicDeclarations, sample), (typed, declaration) => {
      try {
        parseArguments(declaration, typed);
      } catch (error) {
        expect(error).toBeInstanceOf(MagicError);
      }
    }),
    { numRuns: 2000 },
  );
});
