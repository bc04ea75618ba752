import { describe, expect, it } from 'vitest';
import { ofType, resultOf, shapeOf, textOf, useKernel } from '../helpers/shared-kernel.js';

const shared = useKernel();
const count = async (): Promise<number> => {
  const { reply } = await shared.client.execute('', { silent: true });
  return reply.content['execution_count'] as number;
};

describe('a cell', () => {
  it('is announced, run and answered in order', async () => {
    const exchange = await shared.client.execute('console.log("a"); 1 + 1');
    expect(shapeOf(exchange)).toEqual(['busy', 'execute_input', 'stream', 'execute_result', 'idle']);
    expect(exchange.reply.content).toMatchObject({ status: 'ok', payload: [], user_expressions: {} });
    expect(ofType(exchange, 'execute_input')[0]).toMatchObject({ code: 'console.log("a"); 1 + 1' });
    expect(resultOf(exchange)).toBe('2');
  });

  it('counts up, and its result, its input and its reply have the same number', async () => {
    const before = await count();
    const exchange = await shared.client.execute('"x"');
    expect(exchange.reply.content['execution_count']).toBe(before + 1);
    expect(ofType(exchange, 'execute_input')[0]).toMatchObject({ execution_count: before + 1 });
    expect(ofType(exchange, 'execute_result')[0]).toMatchObject({ execution_count: before + 1 });
  });

  it('that throws gives an error with name, value and traceback, and the same in the reply', async () => {
    const exchange = await shared.client.execute(
      'const failing = (): never => { throw new RangeError("too far"); };\nfailing();',
    );
    expect(exchange.reply.content).toMatchObject({ status: 'error', ename: 'RangeError', evalue: 'too far' });
    const [error] = ofType(exchange, 'error');
    expect(error).toMatchObject({ ename: 'RangeError', evalue: 'too far' });
    expect((error?.['traceback'] as string[]).join('\n')).toMatch(/cell \[\d+\].*:1:/);
    expect(shapeOf(exchange)).toEqual(['busy', 'execute_input', 'error', 'idle']);
  });

  it('keeps what it had defined when it fails half-way', async () => {
    await shared.client.execute('let halfway = 42; throw new Error("stop");');
    expect(resultOf(await shared.client.execute('halfway'))).toBe('42');
  });

  it('with a type error is not run', async () => {
    const exchange = await shared.client.execute('console.log("ran"); const wrong: number = "text";');
    expect(exchange.reply.content['status']).toBe('error');
    expect(textOf(exchange)).toBe('');
    expect((exchange.reply.content['traceback'] as string[]).join('\n')).toContain('2322');
  });

  it('may await at its top level', async () => {
    expect(resultOf(await shared.client.execute('await Promise.resolve("later")'))).toContain('later');
  });

  it('may be empty, or comments only', async () => {
    for (const code of ['', '   \n', '// nothing']) {
      expect((await shared.client.execute(code)).reply.content['status']).toBe('ok');
    }
  });
});

describe('silent', () => {
  it('broadcasts statuses only, and counts nothing', async () => {
    const before = await count();
    const exchange = await shared.client.execute('console.log("hush"); 1', { silent: true });
    expect(shapeOf(exchange)).toEqual(['busy', 'idle']);
    expect(await count()).toBe(before);
  });

  it('still does what it says, and reports errors in the reply', async () => {
    await shared.client.execute('let quiet = 7;', { silent: true });
    expect(resultOf(await shared.client.execute('quiet'))).toBe('7');
    const failed = await shared.client.execute('throw new Error("psst");', { silent: true });
    expect(failed.reply.content).toMatchObject({ status: 'error', evalue: 'psst' });
    expect(shapeOf(failed)).toEqual(['busy', 'idle']);
  });
});

describe('store_history', () => {
  it('off keeps the count and the history as they are', async () => {
    const before = await count();
    const exchange = await shared.client.execute('"unstored line"', { store_history: false });
    expect(resultOf(exchange)).toContain('unstored');
    expect(await count()).toBe(before);
    const { reply } = await shared.client.request('history_request', {
      output: false,
      raw: true,
      hist_access_type: 'search',
      pattern: '*unstored line*',
    });
    expect(reply.content['history']).toEqual([]);
  });
});

describe('user_expressions', () => {
  it('are evaluated after the cell, each on its own', async () => {
    const { reply } = await shared.client.execute('let base = 20;', {
      user_expressions: { good: 'base + 1', bad: 'missingName', broken: ')' },
    });
    const expressions = reply.content['user_expressions'] as Record<string, Record<string, unknown>>;
    expect(reply.content['status']).toBe('ok');
    expect(expressions['good']).toMatchObject({ status: 'ok', data: { 'text/plain': '21' } });
    expect(expressions['bad']).toMatchObject({ status: 'error', ename: 'ReferenceError' });
    expect(expressions['broken']).toMatchObject({ status: 'error' });
  });
});

describe('displays', () => {
  it('go out, are updated by id, and are cleared', async () => {
    const exchange = await shared.client.execute(`
      import { display } from "heapmark";
      const shown = display({ "text/html": "<b>one</b>" }, { id: "here" });
    `);
    expect(exchange.reply.content['status']).toBe('ok');
    const [content] = ofType(exchange, 'display_data');
    expect(content?.['data']).toMatchObject({ 'text/html': '<b>one</b>' });
  });

  it('made with the tslab package arrive, updates too', async () => {
    const exchange = await shared.client.execute(`
      import * as tslab from "tslab";
      const updating = tslab.newDisplay();
      updating.html("<i>first</i>");
      updating.html("<i>second</i>");
    `);
    expect(exchange.reply.content['status']).toBe('ok');
    const [first] = ofType(exchange, 'display_data');
    const [second] = ofType(exchange, 'update_display_data');
    expect(first?.['data']['text/html']).toBe('<i>first</i>');
    expect(second?.['data']['text/html']).toBe('<i>second</i>');
    expect(second?.['transient']['display_id']).toBe(first?.['transient']['display_id']);
  });

  it('are cleared by console.clear', async () => {
    expect(shapeOf(await shared.client.execute('console.clear()'))).toContain('clear_output');
  });

  it('give rich results through Symbol.for("Jupyter.display")', async () => {
    const exchange = await shared.client.execute(
      `({ [Symbol.for("Jupyter.display")]() { return { "text/markdown": "**bold**" }; } })`,
    );
    expect(ofType(exchange, 'execute_result')[0]?.['data']).toMatchObject({ 'text/markdown': '**bold**' });
  });
});
