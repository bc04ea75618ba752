/** Cells of the kinds that people write first, for V8 to practise on: each uses what the one before has declared. */

const KINDS: readonly ((now: string, before: string) => string)[] = [
  (now, before) => `interface Point${now} { x: number; y: number; label?: string }
const point${now}: Point${now} = { x: 1, y: ${before === '' ? 2 : `size${before}(3)`} };
function size${now}(by: number) { return Math.hypot(point${now}.x, point${now}.y) * by }`,
  (now, before) => `const rows${now} = [1, 2, 3].map((each) => ({ each, size: size${before}(each) }));
let total${now} = 0;
for (const { size } of rows${now}) total${now} += size;
const size${now} = (by: number) => total${now} * by;
console.log(\`\${rows${now}.length} rows\`, total${now});`,
  (now, before) => `class Counter${now} {
  private readonly seen = new Map<string, number>();
  add(word: string): number {
    const count = (this.seen.get(word) ?? 0) + 1;
    this.seen.set(word, count);
    return count;
  }
}
const counter${now} = new Counter${now}();
function size${now}(by: number) { return counter${now}.add('a') * size${before}(by) }
size${now}(2)`,
  (now, before) => `type Entry${now} = { name: string; value: number };
async function load${now}(names: string[]): Promise<Entry${now}[]> {
  return names.map((name, index) => ({ name, value: size${before}(index) }));
}
const [first${now}, ...others${now}] = await load${now}(['a', 'b']);
const size${now} = (by: number) => (first${now}?.value ?? 0) * by + others${now}.length;`,
];

/** The cell with a number, counted from 0. No two are the same, or there would be nothing to do for the second. */
export function practiceCell(index: number): string {
  const kind = KINDS[index % KINDS.length] as (typeof KINDS)[number];
  return kind(`_${index}`, index === 0 ? '' : `_${index - 1}`);
}
