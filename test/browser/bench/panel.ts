/** Measures the panel in a real browser beside what it has to reach: `npm run bench:panel`. */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { gzipSync } from 'node:zlib';
import { Lab, notebook, type LabInPage } from '../lab.js';
import { watchEvents } from '../traffic.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const ROUNDS = 15;

interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** At most this; at least where the figure is a rate. */
  readonly target: number;
  readonly isRate?: boolean;
}

const figures: Figure[] = [];
const add = (what: string, value: number, unit: string, target: number, isRate = false): void => {
  figures.push({ what, value, unit, target, isRate });
  const fits = isRate ? value >= target : value <= target;
  console.log(
    `${fits ? 'ok  ' : 'MISS'} ${what}: ${value.toFixed(1)} ${unit} (${isRate ? 'at least' : 'at most'} ${target})`,
  );
};

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;

/** Many variables, then a cell that changes one, and one that spins. */
const many = (count: number): string[] => [
  Array.from({ length: count }, (_, index) => `const v${index} = [${index}];`).join('\n'),
  'let turn = 0;',
  'turn++; const fresh = new Array(turn * 1000).fill(turn);',
  'const stop = Date.now() + 30_000; while (Date.now() < stop);',
];

/** From the reply to a cell to the row of what it made, in the page's own clock. */
async function replyToPanel(lab: Lab): Promise<number[]> {
  await lab.select(2);
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push(
      await lab.page.evaluate(async () => {
        const { jupyterapp } = globalThis as unknown as LabInPage;
        const { kernel } = jupyterapp.shell.currentWidget.sessionContext.session;
        const signal = (kernel as unknown as { anyMessage: Signal }).anyMessage;
        let repliedAt = 0;
        const onMessage = (_: unknown, { msg }: { msg: { header: { msg_type: string } } }): void => {
          if (msg.header.msg_type === 'execute_reply') repliedAt = performance.now();
        };
        signal.connect(onMessage);
        const shown = (): string => document.querySelector('.hm-Variables')?.textContent ?? '';
        const before = shown();
        const updated = new Promise<number>((resolve) => {
          const observer = new MutationObserver(() => {
            if (repliedAt === 0 || shown() === before) return;
            observer.disconnect();
            resolve(performance.now());
          });
          const panel = document.querySelector('.hm-Panel');
          if (panel !== null) observer.observe(panel, { childList: true, characterData: true, subtree: true });
        });
        await jupyterapp.commands.execute('notebook:run-cell');
        const at = await updated;
        signal.disconnect(onMessage);
        return Math.max(0, at - repliedAt);
      }),
    );
  }
  return rounds;
}

interface Signal {
  connect(slot: unknown): void;
  disconnect(slot: unknown): void;
}

interface TraceEvent {
  readonly name: string;
  readonly cat: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/**
 * The longest task of the page's main thread while an element scrolls from its top to its end, in time of the processor:
 * script, style, layout and paint, ours and JupyterLab's, but not what other programs of the machine took meanwhile.
 */
async function longestTask(lab: Lab, selector: string): Promise<number> {
  const session = await lab.page.context().newCDPSession(lab.page);
  const trace: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => trace.push(...(value as unknown as TraceEvent[])));
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel', '__metadata'], excludedCategories: ['*'] },
  });
  const scrolled = await lab.page.evaluate(async (query) => {
    const element = document.querySelector(query);
    if (element === null) return false;
    const steps = 120;
    for (let step = 0; step <= steps; step++) {
      element.scrollTop = ((element.scrollHeight - element.clientHeight) * step) / steps;
      await new Promise(requestAnimationFrame);
    }
    return true;
  }, selector);
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await complete;
  await session.detach();
  const mains = trace
    .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
    .map(({ pid, tid }) => `${pid} ${tid}`);
  const tasks = trace.filter(
    ({ name, pid, tid, tdur }) => name.endsWith('RunTask') && tdur !== undefined && mains.includes(`${pid} ${tid}`),
  );
  if (!scrolled || tasks.length < 100) return NaN;
  return Math.max(...tasks.map(({ tdur }) => (tdur ?? 0) / 1000));
}

/** Functions sent to the page were named by tsx with a helper of its own, which the page lacks. */
async function open(files: Record<string, string>, beforeOpen: (page: Page) => void = () => undefined): Promise<Lab> {
  const lab = await Lab.open(files, { beforeOpen });
  await lab.page.evaluate('globalThis.__name = (named) => named');
  return lab;
}

async function measure(count: number): Promise<void> {
  let events: string[] = [];
  const lab = await open({ 'bench.ipynb': notebook(many(count)) }, (page) => (events = watchEvents(page)));
  try {
    await lab.showPanel();
    await lab.run(0);
    await lab.run(1);
    if (count > 200) {
      const all = lab.panel.locator('.hm-Link', { hasText: 'Show all' });
      await all.click();
      await lab.page.waitForFunction(
        (rows) => document.querySelector('.hm-Footer')?.textContent?.includes(String(rows)),
        count + 1,
      );
      add(`scrolling ${count} variables: longest task, CPU`, await longestTask(lab, '.hm-Variables'), 'ms', 50);
    }
    add(`cell reply to panel, ${count} variables: median`, median(await replyToPanel(lab)), 'ms', 150);
    if (count > 200) return;
    const samples = (): number => events.filter((text) => /"method": ?"sample"/.test(text)).length;
    const before = samples();
    await lab.select(3);
    await lab.command('notebook:run-cell');
    add('timeline points a second in a synchronous cell of 30 s', (samples() - before) / 30, '1/s', 2, true);
  } finally {
    await lab[Symbol.asyncDispose]();
  }
}

/** A notebook of 200 cells, each with its badge. */
async function badges(): Promise<void> {
  const lab = await open({
    'badges.ipynb': notebook(Array.from({ length: 200 }, (_, index) => `const b${index} = ${index};`)),
  });
  try {
    await lab.command('notebook:run-all-cells');
    add('scrolling 200 badged cells: longest task, CPU', await longestTask(lab, '.jp-WindowedPanel-outer'), 'ms', 50);
  } finally {
    await lab[Symbol.asyncDispose]();
  }
}

/** What the browser loads for the extension, compressed as a server sends it. */
function size(): void {
  const folder = join(ROOT, 'labextension', 'dist', 'static');
  const bytes = readdirSync(folder)
    .filter((file) => file.endsWith('.js'))
    .reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file))).length, 0);
  add('extension, compressed', bytes / 1000, 'kB', 100);
}

size();
await measure(200);
await measure(15_000);
await badges();
const results = join(ROOT, 'bench-results');
mkdirSync(results, { recursive: true });
writeFileSync(join(results, 'panel.json'), `${JSON.stringify({ at: new Date().toISOString(), figures }, null, 2)}\n`);
