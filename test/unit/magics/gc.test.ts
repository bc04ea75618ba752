import { describe, expect, test } from 'vitest';
import { runLine } from '../../../kernel/src/magics/dispatch.js';
import { fake, shown } from './fake-runtime.js';

describe('%gc', () => {
  test('--debug is a switch: nothing is collected for it', async () => {
    const it = fake();
    await runLine('gc', '--debug on', it.context);
    await runLine('gc', '--debug off', it.context);
    expect(it.said.calls).toEqual([
      ['printing', true],
      ['printing', false],
    ]);
    expect(it.said.stdout).toEqual([
      'Each collection is printed as it happens.\n',
      'Each collection is no longer printed.\n',
    ]);
  });

  test('--watch on collects and lists, each %gc after it too, until it is off', async () => {
    const it = fake();
    await runLine('gc', '--watch on --after 3', it.context);
    expect(it.said.calls).toEqual([
      ['watching', true],
      ['collect', { minor: false, stats: false }],
      ['watched', 3],
    ]);
    expect(shown(it)).toContain('The 1 tracked object went.');
    await runLine('gc', '', it.context);
    expect(it.said.calls.at(-1)).toEqual(['watched', undefined]);
    await runLine('gc', '--watch off', it.context);
    await runLine('gc', '', it.context);
    expect(it.said.calls.at(-1)).toEqual(['collect', { minor: false, stats: false }]);
  });

  test('--after takes whole collections', async () => {
    const { functions } = fake().context;
    for (const after of [0, -1, 1.5, NaN])
      await expect(functions.gc({ after })).rejects.toThrow('after is a whole number');
  });
});

describe('track()', () => {
  test('gives the object back, and calls it by its type where no label is given', () => {
    const it = fake();
    const value = { rows: [] };
    expect(it.context.functions.track(value)).toBe(value);
    it.context.functions.track(value, 'rows');
    expect(it.said.calls).toEqual([
      ['track', value, 'object'],
      ['track', value, 'rows'],
    ]);
  });

  test('refuses what has no identity', () => {
    const { track } = fake().context.functions;
    for (const value of ['text', 5, null, undefined])
      expect(() => track(value as unknown as object)).toThrow('track needs an object');
  });
});

describe('gcThreshold()', () => {
  test('asks the front for what is pending, and gives the limits in force', async () => {
    const it = fake({ answers: { heapLimits: { pending: 'soon' } } });
    expect(await it.context.functions.gcThreshold({ semiSpace: 2 ** 25 })).toEqual({
      semiSpace: 16e6,
      newSpace: 48e6,
      oldSpace: 4e9,
      heapLimit: 4.048e9,
      pending: 'soon',
    });
    expect(it.said.asked).toEqual([['heapLimits', { semiSpace: 2 ** 25 }]]);
  });

  test("tells a mistake as the user's own", async () => {
    const it = fake({ answers: { heapLimits: new RangeError('The limit of the semi-space is …') } });
    await expect(it.context.functions.gcThreshold({ semiSpace: 1 })).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('%mem --diff and --mark', () => {
  const figures = { nodes: 10, edges: 20, takenMs: 1, textBytes: 100 };
  const notebook = () =>
    fake({
      answers: {
        memlimit: { limit: null, source: '', heapLimit: null },
        heapMark: { mark: { highestId: 1, kinds: [] }, figures },
        heapGrown: {
          kinds: [{ kind: 'Particle', count: 3, bytes: 300, sizes: [], holder: null }],
          figures,
        },
      },
    });
  const asked = ({ said }: ReturnType<typeof fake>): string[] =>
    said.asked.map(([kind]) => kind).filter((kind) => kind.startsWith('heap'));

  test('the first sets the mark, later ones compare with it', async () => {
    const it = notebook();
    await runLine('mem', '--diff', it.context);
    expect(shown(it)).toContain('This sets the mark');
    await runLine('mem', '--diff', it.context);
    expect(shown(it)).toMatch(/^Particle +3 +300 B/m);
    expect(asked(it)).toEqual(['heapMark', 'heapGrown']);
  });

  test('--mark sets it anew, with --diff after the comparison', async () => {
    const it = notebook();
    await runLine('mem', '--mark', it.context);
    expect(it.said.stdout.at(-1)).toContain('The mark is set');
    await runLine('mem', '--diff --mark', it.context);
    expect(asked(it)).toEqual(['heapMark', 'heapGrown', 'heapMark']);
  });
});
