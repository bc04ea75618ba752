import { beforeAll, describe, expect, it } from 'vitest';
import { useKernel } from '../helpers/shared-kernel.js';

const shared = useKernel();

const complete = async (code: string, cursor = code.length) =>
  (await shared.client.request('complete_request', { code, cursor_pos: cursor })).reply.content;
const inspect = async (code: string, cursor = code.length) =>
  (await shared.client.request('inspect_request', { code, cursor_pos: cursor, detail_level: 0 })).reply.content;
const isComplete = async (code: string) => (await shared.client.request('is_complete_request', { code })).reply.content;

beforeAll(async () => {
  await shared.client.execute(`
    /** Adds two numbers. */
    function addUp(first: number, second: number): number { return first + second; }
    const someRecord = { alpha: 1, beta: "two" };
  `);
});

describe('completion', () => {
  it('knows the names of earlier cells, with their types', async () => {
    const content = await complete('addU');
    expect(content['matches']).toContain('addUp');
    expect(content).toMatchObject({ cursor_start: 0, cursor_end: 4 });
    const [match] = (content['metadata']['_jupyter_types_experimental'] as { text: string; type: string }[]).filter(
      ({ text }) => text === 'addUp',
    );
    expect(match?.type).toBe('function');
  });

  it('knows members', async () => {
    expect((await complete('someRecord.'))['matches']).toEqual(expect.arrayContaining(['alpha', 'beta']));
  });

  it('counts characters, not UTF-16 units', async () => {
    const code = '"😀😀"; someRecord.al';
    expect(await complete(code, [...code].length)).toMatchObject({
      matches: ['alpha'],
      cursor_start: [...code].length - 2,
      cursor_end: [...code].length,
    });
  });

  it('gives a sensible answer at places where nothing can stand', async () => {
    for (const [code, cursor] of [
      ['', 0],
      ['"text', 5],
      ['}}}', 2],
      ['x', 99],
    ] as const) {
      expect((await complete(code, cursor))['status']).toBe('ok');
    }
  });
});

describe('inspection', () => {
  it('shows signature and documentation', async () => {
    const content = await inspect('addUp', 2);
    expect(content['found']).toBe(true);
    expect(content['data']['text/plain']).toContain('addUp(first: number, second: number): number');
    expect(content['data']['text/plain']).toContain('Adds two numbers.');
    expect(content['data']['text/markdown']).toContain('Adds two numbers.');
  });

  it('says when it knows nothing', async () => {
    expect(await inspect('unknownThing')).toMatchObject({ status: 'ok', found: false, data: {} });
  });
});

describe('is_complete', () => {
  it.each([
    ['let x = 1', 'complete'],
    ['function f() {', 'incomplete'],
    ['const text = `a', 'incomplete'],
    ['[1, 2', 'incomplete'],
    ['let = ) 5', 'invalid'],
  ])('calls %j %s', async (code, status) => {
    expect((await isComplete(code))['status']).toBe(status);
  });

  it('proposes an indent for the next line', async () => {
    expect(await isComplete('function f() {')).toMatchObject({
      status: 'incomplete',
      indent: expect.stringMatching(/^ +$/),
    });
  });
});
