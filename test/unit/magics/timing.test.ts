import { describe, expect, test } from 'vitest';
import type { TimeitRecord } from '@heapmark/protocol';
import type { Clock } from '../../../kernel/src/magics/context.js';
import { runCell, runLine } from '../../../kernel/src/magics/dispatch.js';
import type { RunnableCode } from '../../../kernel/src/runtime/context.js';
import { fake, type Fake } from './fake-runtime.js';

/** A clock that code moves, and code that a compiler would have made of a `%timeit` loop: each round takes `roundMs`. */
function bench(roundMs: number | ((run: number) => number)): Fake & { loops: number[] } {
  let now = 0;
  const loops: number[] = [];
  const clock: Clock = { now: () => now, cpu: () => ({ userMs: now / 2, systemMs: now / 4 }) };
  const each = typeof roundMs === 'number' ? () => roundMs : roundMs;
  const compile = (code: string): RunnableCode => ({
    source: code,
    async run() {
      if (!code.includes('$timeitLoops')) {
        now += each(0);
        return { value: 42 };
      }
      const loop = async (count: number): Promise<number> => {
        const took = count * each(loops.push(count));
        now += took;
        return took;
      };
      return { value: loop };
    },
  });
  return { ...fake({ clock, compile }), loops };
}

describe('%time', () => {
  test('runs the code once, prints its times as IPython does, and shows its value', async () => {
    const it = bench(1600);
    await runLine('time', 'load(1)', it.context);
    expect(it.said.compiled).toEqual(['load(1)']);
    expect(it.said.stdout).toEqual(['CPU times: user 800 ms, sys: 400 ms, total: 1.2 s\nWall time: 1.6 s\n']);
    expect(it.said.values).toEqual([42]);
  });

  test('prints the times of code that throws, and lets the error through', async () => {
    const it = fake({
      compile: (source) => ({ source, run: () => Promise.reject(new RangeError('too much')) }),
    });
    await expect(runLine('time', 'f()', it.context)).rejects.toThrow('too much');
    expect(it.said.stdout).toHaveLength(1);
  });

  test('shows nothing for code without a value', async () => {
    const it = fake({ compile: (source) => ({ source, run: async () => ({ value: undefined }) }) });
    await runLine('time', 'f()', it.context);
    expect(it.said.values).toEqual([]);
  });

  test('of a cell gives the cell its result back', async () => {
    const it = bench(1);
    const boxed = { value: Promise.resolve(1) };
    expect(
      await runCell({ name: 'time', args: '', body: 'x' }, { source: 'x', run: async () => boxed }, it.context),
    ).toBe(boxed);
  });

  test('needs code', async () => {
    await expect(runLine('time', '', fake().context)).rejects.toThrow('%time needs code to run');
    const body: RunnableCode = { source: '', run: async () => undefined };
    await expect(runCell({ name: 'time', args: 'x', body: '' }, body, fake().context)).rejects.toThrow(
      '%%time takes nothing',
    );
  });
});

describe('%timeit', () => {
  test('chooses loops so that a run takes 0.2 s, and repeats it seven times', async () => {
    const it = bench(0.003);
    await runLine('timeit', 'sum(rows)', it.context);
    expect(it.loops.slice(-7)).toEqual(Array(7).fill(100_000));
    expect(it.loops.slice(0, 4)).toEqual([1, 2, 5, 10]);
    expect(it.said.stdout).toEqual(['3 µs ± 0 ns per loop (mean ± std. dev. of 7 runs, 100,000 loops each)\n']);
  });

  test('-n and -r are obeyed, -q prints nothing, -o gives the record', async () => {
    const it = bench((run) => run);
    await runLine('timeit', '-n 10 -r 3 -qo f()', it.context);
    expect(it.loops).toEqual([10, 10, 10]);
    expect(it.said.stdout).toEqual([]);
    const record = it.said.values[0] as TimeitRecord;
    expect({ ...record }).toEqual({
      loops: 10,
      repeats: 3,
      best: 1,
      mean: 2,
      deviation: Math.sqrt(2 / 3),
      runs: [1, 2, 3],
    });
  });

  test('times nothing but the code and the counter of its loop', async () => {
    const it = bench(1);
    await runLine('timeit', '-n 1 -r 1 f() // why', it.context);
    const [alone, loop = ''] = it.said.compiled;
    expect(alone).toBe('f() // why');
    expect(loop).toMatch(/\$timeitBegun = \$timeitNow\(\);\nfor \([^\n]*\{\nf\(\) \/\/ why\n\}\nreturn/);
  });

  test('of a cell times its code, and takes none behind %%timeit', async () => {
    const it = bench(1);
    const body: RunnableCode = { source: 'rows.at(-1);', run: () => Promise.reject(new Error('ran')) };
    const magic = { name: 'timeit', args: '-n 1 -r 2 -o', body: body.source };
    expect((await runCell(magic, body, it.context))?.value).toMatchObject({ loops: 1, repeats: 2 });
    expect(it.said.compiled[1]).toContain('\nrows.at(-1);\n');
    await expect(runCell({ ...magic, args: 'x = 1' }, body, it.context)).rejects.toThrow('%%timeit takes options only');
  });

  test('says so when one run took several times as long as another', async () => {
    const it = bench((run) => (run === 1 ? 10 : 1));
    await runLine('timeit', '-n 1 f()', it.context);
    expect(it.said.stdout[0]).toMatch(/^The slowest run took 10\.00 times as long as the fastest/);
  });

  test.each(['time', 'timeit'])(
    '%%%s: what the compiler says is about the code alone, and prints without a stack',
    async (name) => {
      const it = fake({
        compile: () => {
          throw new Error('TS1135 at 1:5: Argument expression expected.');
        },
      });
      const message = 'TS1135 at 1:5: Argument expression expected.';
      await expect(runLine(name, 'foo(', it.context)).rejects.toMatchObject({ code: 'usage', message });
      expect(it.said.compiled).toEqual(['foo(']);
    },
  );

  test('an interrupt while the code is compiled stays an interrupt', async () => {
    const interrupt = Object.assign(new Error('stop'), { name: 'KeyboardInterrupt' });
    const it = fake({
      compile: () => {
        throw interrupt;
      },
    });
    await expect(runLine('timeit', 'f()', it.context)).rejects.toBe(interrupt);
  });

  test('code that cannot stand in a loop is a usage error', async () => {
    const it = fake({
      compile(code) {
        if (code.includes('$timeit')) throw new SyntaxError('import in a function');
        return { source: code, run: async () => undefined };
      },
    });
    await expect(runLine('timeit', 'import "x"', it.context)).rejects.toMatchObject({ code: 'usage' });
  });

  test.each([
    ['', '%timeit needs code'],
    ['-r 0 f()', '-r takes 1 or more'],
    ['-x f()', '%timeit has no option -x.'],
  ])('%%timeit %s is refused', async (args, message) => {
    await expect(runLine('timeit', args, bench(1).context)).rejects.toThrow(message);
  });
});

describe('%typecheck', () => {
  test.each([
    ['on', true],
    ['off', false],
    ['', null],
  ])('"%s" asks the front', async (args, on) => {
    const it = fake({ answers: { typecheck: { on: on ?? true } } });
    await runLine('typecheck', args, it.context);
    expect(it.said.asked).toEqual([['typecheck', { on }]]);
    expect(it.said.stdout[0]).toMatch(on === false ? /^Type check is off/ : /^Type check is on/);
  });

  test('knows on and off only', async () => {
    await expect(runLine('typecheck', 'onn', fake().context)).rejects.toThrow(
      '%typecheck takes on, off, not "onn". Did you mean on?\nUsage: %typecheck [on|off]',
    );
  });
});
