import { describe, expect, it } from 'vitest';
import { ofType, resultOf, textOf, useKernel } from '../helpers/shared-kernel.js';

const shared = useKernel();

/** Each of these must leave a kernel in which the next cell runs. */
async function thenWorks(): Promise<void> {
  expect(resultOf(await shared.client.execute('1 + 1'))).toBe('2');
}

describe('cells that are wrong', () => {
  it.each([
    ['a syntax error', 'let = ;'],
    ['a type error', 'const n: number = "text";'],
    ['an unclosed template', 'const t = `abc'],
    ['a stray brace', '}'],
    ['an unknown module', 'import nothing from "no-such-package-here"; nothing'],
  ])('with %s give an error', async (_name, code) => {
    const { reply, broadcasts } = await shared.client.execute(code);
    expect(reply.content['status']).toBe('error');
    expect(reply.content['ename']).not.toBe('');
    expect(ofType({ broadcasts }, 'error')).toHaveLength(1);
    await thenWorks();
  });

  it.each([
    ['a string', 'throw "just text"', /just text/],
    ['undefined', 'throw undefined', /undefined/],
    ['null', 'throw null', /null/],
    ['an object', 'throw { code: 7 }', /7/],
    ['a symbol', 'throw Symbol("odd")', /odd/],
    [
      'a proxy that throws on everything',
      'throw new Proxy({}, { get() { throw new Error("trap") }, getPrototypeOf() { throw new Error("trap") } })',
      /.*/,
    ],
    [
      'an error whose message is a getter that throws',
      'const e = new Error("x"); Object.defineProperty(e, "message", { get() { throw 1 } }); throw e;',
      /.*/,
    ],
    [
      'an error whose stack loops',
      'const e2 = new Error("y"); Object.defineProperty(e2, "stack", { get() { return e2 } }); throw e2;',
      /.*/,
    ],
  ])('that throw %s give an error', async (_name, code, expected) => {
    const { reply } = await shared.client.execute(code);
    expect(reply.content['status']).toBe('error');
    expect(`${String(reply.content['evalue'])}${(reply.content['traceback'] as string[]).join()}`).toMatch(expected);
    await thenWorks();
  });

  it('whose promise nobody handles get the error, and the kernel goes on', async () => {
    const { client } = shared;
    const { id } = await client.execute('void Promise.reject(new Error("unhandled one"));');
    await client.until((message) => message.header.msg_type === 'error' && message.parent.msg_id === id);
    await thenWorks();
  });

  it('that overflow the stack give a RangeError', async () => {
    const { reply } = await shared.client.execute('function deep(): number { return 1 + deep(); } deep()');
    expect(reply.content['ename']).toBe('RangeError');
    await thenWorks();
  });
});

describe('hostile values as results', () => {
  it.each([
    ['circular', 'const circle: any = {}; circle.self = circle; circle'],
    ['with throwing getters', '({ get boom() { throw new Error("no") } })'],
    [
      'a proxy with throwing traps',
      'new Proxy({}, { get() { throw 1 }, ownKeys() { throw 2 }, getOwnPropertyDescriptor() { throw 3 }, has() { throw 4 }, getPrototypeOf() { throw 5 } })',
    ],
    [
      'with an inspect method that throws',
      '({ [Symbol.for("nodejs.util.inspect.custom")]() { throw new Error("no") } })',
    ],
    ['with a display method that throws', '({ [Symbol.for("Jupyter.display")]() { throw new Error("no") } })'],
    [
      'with a display of circular JSON',
      '({ [Symbol.for("Jupyter.display")]() { const c: any = {}; c.c = c; return { "application/json": c } } })',
    ],
    ['with a display of a BigInt', '({ [Symbol.for("Jupyter.display")]() { return { "application/json": 10n } } })'],
    ['without a prototype', 'Object.create(null)'],
    ['revoked', '(() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy })()'],
    ['very deep', '(() => { let d: any = {}; for (let n = 0; n < 100_000; n++) d = { d }; return d })()'],
    ['very wide', 'Object.fromEntries(Array.from({ length: 200_000 }, (_v, n) => ["k" + n, n]))'],
    ['a long string', '"x".repeat(5_000_000)'],
    ['a lone surrogate', '"\\ud800"'],
  ])('%s: the cell ends and the next one runs', async (_name, code) => {
    const { reply } = await shared.client.execute(code);
    expect(['ok', 'error']).toContain(reply.content['status']);
    await thenWorks();
  });

  it('whose text never ends can be interrupted', async () => {
    const { client } = shared;
    const id = client.submit('console.log("begun"); ({ [Symbol.for("nodejs.util.inspect.custom")]() { for (;;); } })');
    await client.until((message) => message.parent.msg_id === id && message.header.msg_type === 'stream');
    await client.request('interrupt_request', {}, { channel: 'control' });
    expect((await client.exchange(id)).reply.content['status']).toBe('error');
    await thenWorks();
  });

  it('in variables do not run when they are listed', async () => {
    const { client } = shared;
    await client.execute(
      'let touched = 0; const trap = new Proxy({}, { get() { touched++; return 1 }, ownKeys() { touched++; return [] } }); const getter = { get value() { touched++; return 1 } };',
    );
    await client.execute('%vars\n%whos');
    expect(resultOf(await client.execute('touched'))).toBe('0');
  });
});

describe('large input', () => {
  it('of 5 MB runs', async () => {
    const code = `${'// padding line that says nothing at all\n'.repeat(125_000)}"end"`;
    const exchange = await shared.client.execute(code);
    expect(exchange.reply.content['status']).toBe('ok');
    expect(textOf(exchange, 'stderr')).toMatch(/^This cell is longer than .* not checked.*\n$/);
    await thenWorks();
  });

  it('of 5 MB in one string runs', async () => {
    expect(resultOf(await shared.client.execute(`"${'y'.repeat(5_000_000)}".length`))).toBe('5000000');
  });
});
