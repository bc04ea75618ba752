/**
 * Faults of processes, each at a step of a cell: who dies, and when. After every fault each request has exactly one reply
 * and one `idle` (the client checks that of everything it sees), and the next cells give the right answers.
 */
import { fileURLToPath } from 'node:url';
import { startKernel, type RunningKernel } from '../../helpers/kernel.js';
import { resultOf } from '../../helpers/shared-kernel.js';
import type { WireClient } from '../../helpers/wire-client.js';
import type { WireMessage } from '../../helpers/message-schemas.js';

/** `runtime` is killed from outside, `crash` aborts from within, `compiler` is the thread that compiles. */
export const VICTIMS = ['runtime', 'crash', 'compiler'] as const;
export type Victim = (typeof VICTIMS)[number];

interface Step {
  /** Runs before; must end well. */
  first?: string;
  code: string;
  /** The message, of this cell, after which the fault comes; `null`: before the cell is sent. */
  after: ((message: WireMessage) => boolean) | null;
}

const isType = (type: string) => (message: WireMessage) => message.header.msg_type === type;
const LONG = Array.from({ length: 1_500 }, (_none, n) => `const long${n}: { n: number } = { n: ${n} };`).join('\n');

export const STEPS = {
  before: { code: '40 + 2', after: null },
  compile: { code: `${LONG}\n40 + 2`, after: isType('execute_input') },
  run: {
    code: 'console.log("begun"); await new Promise((resolve) => setTimeout(resolve, 300)); 40 + 2',
    after: isType('stream'),
  },
  spin: {
    code: 'console.log("begun"); for (const until = Date.now() + 300; Date.now() < until; ); 40 + 2',
    after: isType('stream'),
  },
  reply: { code: '40 + 2', after: isType('execute_result') },
  settle: {
    code: 'const grown = Array.from({ length: 100_000 }, (_none, n) => ({ n })); 40 + 2',
    after: (message) => message.content['execution_state'] === 'idle',
  },
  free: {
    first: 'const large = Array.from({ length: 200_000 }, (_none, n) => ({ n }));',
    code: '%free large',
    after: isType('execute_input'),
  },
} as const satisfies Record<string, Step>;

export type StepName = keyof typeof STEPS;
export const STEP_NAMES = Object.keys(STEPS) as StepName[];

const PRELOAD = fileURLToPath(new URL('./compiler-killer.mjs', import.meta.url));

/** A kernel whose compiler can be made to die. */
export const startFaultyKernel = (): Promise<RunningKernel> =>
  startKernel({ env: { NODE_OPTIONS: `--import ${PRELOAD}` } });

/** Lets one process die at one step; gives what was wrong afterwards. `delayMs` postpones the fault. */
export async function injectFault(
  kernel: RunningKernel,
  client: WireClient,
  victim: Victim,
  stepName: StepName,
  delayMs = 0,
): Promise<string[]> {
  const step: Step = STEPS[stepName];
  const wrong: string[] = [];
  const before = Number(resultOf(await client.execute('var kept = 7; process.pid')));
  if (step.first !== undefined) await client.execute(step.first);
  const strike = async (): Promise<void> => {
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    if (victim === 'compiler') kernel.process.kill('SIGUSR2');
    else kill(before, victim === 'crash' ? 'SIGABRT' : 'SIGKILL');
  };
  let id: string;
  if (step.after === null) {
    await strike();
    id = client.submit(step.code);
  } else {
    const { after } = step;
    // Listening begins before the cell is sent: its messages come in one burst.
    const struck = client.next((message) => message.parent.msg_id === id && after(message), stepName).then(strike);
    id = client.submit(step.code);
    await struck;
  }
  const queued = client.submit('"queued"', { stop_on_error: false });
  const { reply } = await client.exchange(id);
  await client.exchange(queued);
  const { status } = reply.content;
  if (victim === 'compiler' && status !== 'ok' && reply.content['ename'] !== 'CompilerEnded') {
    wrong.push(`the cell ended with ${String(reply.content['ename'])}: ${String(reply.content['evalue'])}`);
  }
  for (const [code, expected] of [
    ['let next: number = 20; next + 1', '21'],
    ['next = next * 2; const text: string = `${next}`; text', "'40'"],
  ] as const) {
    const exchange = await client.execute(code);
    const answer =
      resultOf(exchange) ?? `${String(exchange.reply.content['ename'])}: ${String(exchange.reply.content['evalue'])}`;
    if (answer !== expected) wrong.push(`the next cell gave ${answer} and not ${expected}`);
  }
  const [now, kept] = (resultOf(await client.execute('`${process.pid} ${typeof kept}`')) ?? '')
    .replaceAll("'", '')
    .split(' ');
  const lives = Number(now) === before;
  if (victim === 'compiler' && !lives) wrong.push('the runtime went with the compiler');
  if (lives && kept !== 'number') wrong.push('a variable was lost in a runtime that lives');
  return wrong;
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended already: the fault came too late to be one.
  }
}
