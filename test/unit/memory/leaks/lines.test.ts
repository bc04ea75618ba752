import { describe, expect, it } from 'vitest';
import { allocatingLines, lineOf } from '../../../../kernel/src/memory/leaks/lines.js';
import { loopAround } from '../../../../kernel/src/memory/leaks/loop.js';
import type { SamplingProfile } from '../../../../kernel/src/memory/trace/samples.js';

type Node = SamplingProfile['head'];
const node = (id: number, functionName: string, url: string, line = 0, children: Node[] = []): Node => ({
  id,
  callFrame: { functionName, url, lineNumber: line, columnNumber: 0 },
  selfSize: 0,
  children,
});
const sources: Record<string, string[]> = {
  'expression-1.ts': loopAround('\nhistory.push(solve(i));').split('\n'),
  'cell-2.ts': ['const a = 1;', 'function solve(i) {', '  return new Solver(i);', '}'],
};
const placeOf = (script: string, line: number) =>
  script in sources
    ? { label: script === 'cell-2.ts' ? 'cell [2]' : 'cell [3]', line, source: sources[script]?.[line - 1] ?? null }
    : null;
const samples = (...of: [nodeId: number, size: number, count: number][]): SamplingProfile['samples'] =>
  of.flatMap(([nodeId, size, count]) => Array.from({ length: count }, () => ({ nodeId, size })));

describe('lines of living objects', () => {
  const profile: SamplingProfile = {
    head: node(1, '(root)', '', 0, [
      node(2, '', 'expression-1.ts', 0, [
        node(3, '$hm3', 'expression-1.ts', 2, [
          node(4, 'solve', 'cell-2.ts', 1, [node(5, 'Float64Array', '', 0), node(6, 'build', 'node_modules/x.js', 4)]),
        ]),
      ]),
      node(7, 'timer', 'node:internal/timers', 9),
    ]),
    samples: samples([2, 16, 1], [3, 40, 10], [4, 64, 10], [5, 100, 10], [6, 24, 5], [7, 1_000, 3]),
  };
  const lines = allocatingLines(profile, placeOf);

  it('name the line of code that tells its lines', () => {
    expect(lines.find(({ place }) => place === 'cell [3]:3')).toMatchObject({
      bytes: 400,
      source: 'history.push(solve(i));',
    });
  });

  it('name where a function begins that does not, and give it what others made for it', () => {
    expect(lines[0]).toMatchObject({ place: 'cell [2]:2', source: 'function solve(i) {', bytes: 640 + 1_000 + 120 });
  });

  it('leave out the loop itself and what nobody of the user called', () => {
    expect(lines).toHaveLength(2);
  });

  it('match a kind by the sizes of its objects', () => {
    expect(lineOf({ sizes: [[40, 10]], wholes: [] }, lines)?.place).toBe('cell [3]:3');
    expect(
      lineOf(
        {
          sizes: [
            [64, 10],
            [100, 10],
          ],
          wholes: [],
        },
        lines,
      )?.place,
    ).toBe('cell [2]:2');
    const balanced = lines.map((line) => ({ ...line, bytes: 100 }));
    expect(lineOf({ sizes: [[4_000, 10]], wholes: [] }, balanced)).toBeNull();
    expect(lineOf({ sizes: [], wholes: [] }, [])).toBeNull();
  });

  it('match an object that V8 allocated at once with its parts', () => {
    expect(
      lineOf(
        {
          sizes: [
            [16, 10],
            [24, 10],
          ],
          wholes: [[40, 10]],
        },
        lines,
      )?.place,
    ).toBe('cell [3]:3');
  });

  it('name the line that made nearly everything where no sizes agree', () => {
    expect(lineOf({ sizes: [[4_000, 10]], wholes: [] }, lines)?.place).toBe('cell [2]:2');
  });
});
