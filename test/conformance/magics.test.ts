import { beforeEach, describe, expect, it } from 'vitest';
import { ofType, resultOf, textOf, useKernel } from '../helpers/shared-kernel.js';
import type { Exchange } from '../helpers/wire-client.js';

const shared = useKernel();

/** Runs a cell and fails with its error, unless it has none. */
async function run(code: string, content: object = {}): Promise<Exchange> {
  const exchange = await shared.client.execute(code, content);
  const [error] = ofType(exchange, 'error');
  if (error !== undefined) throw new Error(`${code}\n→ ${error['ename']}: ${error['evalue']}`);
  return exchange;
}

/** Runs a cell that is wrong; gives the `error` message's content. */
async function wrong(code: string): Promise<Record<string, unknown>> {
  const exchange = await shared.client.execute(code);
  const [error] = ofType(exchange, 'error');
  if (error === undefined) throw new Error(`${code} gave no error`);
  return error;
}

const displayed = (exchange: Exchange, type = 'text/plain'): string =>
  ofType(exchange, 'display_data')
    .map((content) => String(content['data'][type]))
    .join('\n');

/** Text that the reply gives to the pager. */
const paged = ({ reply }: Exchange): string =>
  (reply.content['payload'] as { source: string; data: Record<string, string> }[])
    .filter(({ source }) => source === 'page')
    .map(({ data }) => data['text/plain'])
    .join('\n');

beforeEach(async () => {
  await run('%reset -f');
});

describe('%vars', () => {
  it('lists data with type, shape, size, cell and value, as text and HTML', async () => {
    await run(
      'const rows = new Float64Array(1_000_000);\nconst word = "hello";\nfunction helper() {}\nclass Thing {}\nlet _own = 1;',
    );
    const exchange = await run('%vars');
    const text = displayed(exchange);
    expect(text).toMatch(/^rows +Float64Array +[\d,]+ +8\.00 MB +\[\d+\]/m);
    expect(text).toMatch(/^word +string/m);
    expect(text).not.toMatch(/^(?:helper|Thing|_own) /m);
    expect(text).toMatch(/2 variables listed\. All variables together: .*\. 3 names not shown/);
    expect(displayed(exchange, 'text/html')).toContain('<table class="heapmark-table">');
  });

  it('shows the rest with --all, sorts, filters, and gives JSON', async () => {
    await run('const big = new Float64Array(2000);\nconst a1 = [1];\nfunction helper() {}');
    expect(displayed(await run('%vars --all'))).toMatch(/^helper /m);
    expect(displayed(await run('%vars --sort name'))).toMatch(/^a1 [^]*^big /m);
    expect(displayed(await run('%vars'))).toMatch(/^big [^]*^a1 /m);
    expect(displayed(await run('%vars a*'))).not.toMatch(/^big/m);
    expect(displayed(await run('%vars --type Float64Array'))).not.toMatch(/^a1/m);
    const record = JSON.parse(displayed(await run('%vars --json'))) as { variables: { name: string; bytes: number }[] };
    expect(record.variables.find(({ name }) => name === 'big')?.bytes).toBeGreaterThanOrEqual(16_000);
  });

  it('stands between statements, in order, and sees what ran before it', async () => {
    const exchange = await run('const first = 1;\n%vars --sort name\nconst second = 2;\n%vars --sort name');
    const [before, after] = ofType(exchange, 'display_data').map((content) => String(content['data']['text/plain']));
    expect(before).toMatch(/^first/m);
    expect(before).not.toMatch(/^second/m);
    expect(after).toMatch(/^second/m);
  });

  it('--all shows what was put on globalThis, by no cell, and %free takes it away', async () => {
    await run('globalThis.sneaky = new Array(1000).fill(0.5); undefined');
    expect(displayed(await run('%vars'))).not.toContain('sneaky');
    expect(displayed(await run('%vars --all'))).toMatch(/^sneaky +Array +1000 +~?[\d.]+ kB +\[0\.5/m);
    await run('%free sneaky');
    expect(resultOf(await run('typeof globalThis.sneaky'))).toBe("'undefined'");
  });

  it('runs no code of hostile values', async () => {
    await run(`let touched = 0;
const getter = { get x() { touched += 1; return 1; } };
const proxy = new Proxy({}, { get() { touched += 1; return 1; }, ownKeys() { touched += 1; return []; } });
const texty = { toString() { for (;;) touched += 1; }, [Symbol.toPrimitive]() { touched += 1; return 1; } };
const markup = '<script>alert(1)</script>\\u202e\\n';
const circle: unknown[] = []; circle.push(circle);`);
    const exchange = await run('%vars');
    await run('%whos');
    await run('%check_global_variable --values');
    expect(resultOf(await run('touched'))).toBe('0');
    expect(displayed(exchange, 'text/html')).not.toMatch(/<script|\u202e/);
    expect(displayed(exchange)).toMatch(/^circle /m);
  });
});

describe('%who and its kin', () => {
  it('list names, arrays of names, and names with values', async () => {
    await run('const beta = [1, 2];\nconst alpha = "x";\nfunction helper() {}');
    expect(textOf(await run('%who'))).toBe('alpha\tbeta\n');
    expect(textOf(await run('%who function'))).toBe('helper\n');
    expect(displayed(await run('%who_ls'))).toBe("[ 'alpha', 'beta' ]");
    expect(displayed(await run('%whos Array'))).toMatch(/^beta +Array/m);
    expect(displayed(await run('%check_global_variable'))).toBe('beta\nalpha');
    expect(displayed(await run('%check_global_variable --values'))).toMatch(/^alpha +string/m);
  });
});

describe('%free', () => {
  it('gives memory back, and the name is gone for code and compiler', async () => {
    await run('const data = new Float64Array(5_000_000).fill(1);\nconst reader = () => data.length;');
    expect(displayed(await run('%free data'))).toMatch(/^Freed data: 40\.\d MB came back of ~?40\.\d MB expected\./);
    expect((await wrong('data.length'))['evalue']).toMatch(/data/);
    const late = await wrong('reader()');
    expect([late['ename'], late['evalue']]).toEqual(['ReferenceError', 'data was freed']);
    await run('const data = "again";');
    expect(resultOf(await run('reader()'))).toBe('5');
  });

  it('names what still holds a value', async () => {
    await run('const data = Array.from({ length: 50_000 }, (_, i) => ({ i }));\nconst keeper = { inside: data };');
    expect(displayed(await run('%free data'))).toMatch(/keeper/);
  });

  it('--all frees exactly what %vars lists', async () => {
    await run('const one = [1];\nlet two = "x";\nfunction helper() { return 7; }\nclass Kept {}\nconst _mine = 3;');
    const listed = JSON.parse(displayed(await run('%vars --json'))) as { variables: { name: string }[] };
    expect(listed.variables.map(({ name }) => name).sort()).toEqual(['one', 'two']);
    await run('%free --all');
    expect(displayed(await run('%vars'))).toMatch(/^No variables\./);
    expect(resultOf(await run('[helper(), _mine, typeof Kept]'))).toBe("[ 7, 3, 'function' ]");
  });

  it('of a name that does not exist frees nothing and prints no stack', async () => {
    await run('const rows = [1], columns = [2];');
    const error = await wrong('%free rows colums');
    expect(error['evalue']).toBe('No variable is called colums. Did you mean columns? Nothing was deleted.');
    expect((error['traceback'] as string[]).join('\n')).not.toMatch(/\bat .*:\d+:\d+/);
    expect(resultOf(await run('rows.length + columns.length'))).toBe('2');
  });

  it('in mid-cell is seen by the rest of the cell', async () => {
    await run('let counter = 1;');
    expect(await wrong('counter += 1;\n%free counter\ncounter += 1;')).toMatchObject({ ename: 'ReferenceError' });
    expect(displayed(await run('%vars'))).toMatch(/^No variables\./);
  });
});

describe('%xdel and %reset', () => {
  it('-n takes the aliases too', async () => {
    await run('const original = { a: 1 };\nconst alias = original;\nconst other = 1;');
    await run('%xdel -n original');
    expect(textOf(await run('%who'))).toBe('other\n');
  });

  it('%reset_selective clears what matches, functions too', async () => {
    await run('const tmpA = 1, tmpB = 2, kept = 3;\nfunction tmpF() {}');
    await run('%reset_selective -f ^tmp');
    expect(textOf(await run('%who'))).toBe('kept\n');
    await wrong('tmpF()');
  });

  it('%reset asks, and deletes on yes only', async () => {
    await run('const kept = 1;');
    const { client } = shared;
    for (const [answer, left] of [
      ['n', 'kept\n'],
      ['y', 'No variables.\n'],
    ] as const) {
      const id = client.submit('%reset', { allow_stdin: true });
      client.answerInput(
        await client.until((message) => message.header.msg_type === 'input_request' && message.parent.msg_id === id),
        answer,
      );
      await client.exchange(id);
      expect(textOf(await run('%who'))).toBe(left);
    }
  });

  it('%reset says what to do where nobody can answer', async () => {
    expect((await wrong('%reset'))['evalue']).toBe(
      '%reset asks before it deletes, and here nobody can answer. %reset -f does not ask.',
    );
  });

  it('--runtime starts a fresh runtime and the notebook goes on', async () => {
    await run('const gone = 1;\nconst process_ = process.pid;');
    const before = resultOf(await run('process.pid'));
    await run('%reset -f --runtime');
    expect(resultOf(await run('process.pid'))).not.toBe(before);
    expect(textOf(await run('%who'))).toBe('No variables.\n');
  });
});

describe('%gc and %mem', () => {
  it('tell what a collection returned', async () => {
    await run('{ const garbage = []; for (let i = 0; i < 100_000; i++) garbage.push({ i }); }');
    expect(displayed(await run('%gc'))).toMatch(/^Full collection: [\d.]+ [kM]?B came back; it took [\d.]+ ms\./);
    expect(displayed(await run('%gc --minor'))).toMatch(/^Minor collection/);
    expect(displayed(await run('%gc --stats'))).toMatch(/^major +\d+/m);
  });

  it('tell where memory stands', async () => {
    const text = displayed(await run('%mem'));
    expect(text).toMatch(/V8's heap/);
    expect(text).toMatch(/^process memory +[\d.]+ MB/m);
  });
});

describe('%time and %timeit', () => {
  it('print as IPython does and show the value', async () => {
    await run('const rows = [1, 2, 3];');
    const timed = await run('%time rows.map((row) => row * 2)');
    expect(textOf(timed)).toMatch(/^CPU times: user .*, sys: .*, total: .*\nWall time: [\d.]+ [mµn]?s\n$/);
    expect(displayed(timed)).toBe('[ 2, 4, 6 ]');
    expect(textOf(await run('%timeit -n 1000 -r 3 rows.at(-1)'))).toMatch(
      /^(?:The slowest.*\n)?[\d.]+ [mµn]s ± [\d.]+ [mµn]s per loop \(mean ± std\. dev\. of 3 runs, 1,000 loops each\)\n$/,
    );
  });

  it('do the same for a cell, whose names are kept and whose result is shown', async () => {
    const timed = await run('%%time\nconst made = 6;\nmade * 7');
    expect(textOf(timed)).toContain('Wall time');
    expect(resultOf(timed)).toBe('42');
    expect(resultOf(await run('made'))).toBe('6');
    expect(resultOf(await run('%%timeit -n 10 -r 2 -o\nlet sum = made;\nsum += 1;'))).toContain('10 loops each');
  });

  it.each(['%timeit while (true);', '%timeit await new Promise(() => undefined)', '%time while (true);'])(
    '%s ends when it is interrupted, and the next cell runs',
    async (code) => {
      const { client } = shared;
      const id = client.submit(code);
      await client.until((message) => message.header.msg_type === 'execute_input' && message.parent.msg_id === id);
      await client.request('interrupt_request', {}, { channel: 'control' });
      const exchange = await client.exchange(id);
      expect(ofType(exchange, 'error')[0]?.['ename']).toBe('KeyboardInterrupt');
      expect(resultOf(await run('1 + 1'))).toBe('2');
    },
  );

  it('let the errors of the code through', async () => {
    expect(await wrong('%time (() => { throw new RangeError("no") })()')).toMatchObject({
      ename: 'RangeError',
      evalue: 'no',
    });
  });
});

describe('the function forms', () => {
  it('return the records, typed, and show themselves as the magics do', async () => {
    await run('import { vars, free, gc, memory, cells, checkGlobalVariable, gcThreshold } from "heapmark";');
    await run('const tmp1 = new Uint8Array(3_000_000);\nconst kept = 1;');
    expect(resultOf(await run('(await vars()).variables.map(({ name }) => name)'))).toBe("[ 'tmp1', 'kept' ]");
    await run('const back: number = (await free({ pattern: /^tmp/ })).bytesReturned.arrayBuffers ?? 0;');
    expect(resultOf(await run('back >= 3e6 && back < 3.1e6'))).toBe('true');
    expect(resultOf(await run('await vars()'))).toMatch(/^name +type/);
    expect(resultOf(await run('await checkGlobalVariable()'))).toContain('kept');
    expect(resultOf(await run('(await cells()).length > 1'))).toBe('true');
    expect(resultOf(await run('(await memory()).sample.heapUsed! > 1e6'))).toBe('true');
    expect(resultOf(await run('(await gc()).kind'))).toBe("'full'");
    expect(resultOf(await run('typeof (await gcThreshold()).heapLimit'))).toBe("'number'");
  });

  it('are checked by the compiler', async () => {
    await run('import { vars } from "heapmark";');
    expect((await wrong('await vars({ sort: "colour" })'))['evalue']).toMatch(/colour/);
  });
});

describe('help and mistakes', () => {
  it('%name? shows help, %lsmagic the list', async () => {
    expect(paged(await run('%free?'))).toMatch(/^%free \[NAME…\]/);
    expect(paged(await run('%vars ?'))).toMatch(/^%vars \[PATTERN\]/);
    expect(displayed(await run('%lsmagic'))).toMatch(/^%timeit, %%timeit/m);
  });

  it.each([
    ['%vras', 'There is no magic %vras. Did you mean %vars? %lsmagic lists them.'],
    ['%vars --srot name', '%vars has no option --srot. Did you mean --sort?'],
    ['%checkpoint on', '%checkpoint is not in this version of Heapmark yet. %lsmagic lists what is.'],
    ['%%vars', '%vars stands on a line of its own, with one percent sign.'],
  ])('%s is answered in a line or two, without a stack', async (code, message) => {
    const error = await wrong(code);
    expect(error['evalue']).toContain(message);
    expect((error['traceback'] as string[]).join('\n').split('\n').length).toBeLessThanOrEqual(3);
  });

  it('%typecheck switches the check', async () => {
    await wrong('const wrongType: number = "text";');
    expect(textOf(await run('%typecheck off'))).toMatch(/^Type check is off/);
    await run('const wrongType: number = "text";');
    expect(textOf(await run('%typecheck on'))).toMatch(/^Type check is on/);
    expect(textOf(await run('%typecheck'))).toMatch(/^Type check is on/);
  });
});
