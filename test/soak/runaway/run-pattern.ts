/** Runs one runaway cell in a kernel of its own, and tells what was left of the kernel. */
import { readFileSync } from 'node:fs';
import { startKernel, type RunningKernel } from '../../helpers/kernel.js';
import { resultOf } from '../../helpers/shared-kernel.js';
import type { Exchange, WireClient } from '../../helpers/wire-client.js';
import type { Pattern } from './patterns.js';

export interface Limits {
  /** V8's heap limit of the runtime, MB; `null` for Node's own. */
  heapMb: number | null;
  /** `%memlimit` of patterns that grow outside of the heap, bytes. */
  processBytes: number;
  /** Longest wait for one cell, ms. */
  patienceMs: number;
}

export interface Outcome {
  name: string;
  /** Error of the cell; `null` when it ended well. */
  ename: string | null;
  /** First line of the error. */
  evalue: string;
  /** The front answered after all, in the same process. */
  front: boolean;
  /** What had been declared before is there, in the same runtime. */
  globals: boolean;
  /** From the moment resident memory was over the limit to the reply, ms; `null` when it never was. */
  reactionMs: number | null;
  elapsedMs: number;
  /** Largest resident memory of the front, bytes; `null` where the system does not tell. */
  frontPeak: number | null;
  /** What broke the message protocol. */
  faults: string[];
}

const LOOK_MS = 10;
/** A cell that takes no memory is let run so long before it is interrupted, ms. */
const INTERRUPT_AFTER_MS = 2_000;
const PAGE = 4096;

export async function runPattern(pattern: Pattern, limits: Limits): Promise<Outcome> {
  const env: Record<string, string> =
    limits.heapMb === null ? {} : { NODE_OPTIONS: `--max-old-space-size=${limits.heapMb}` };
  const kernel = await startKernel({ env, patienceMs: limits.patienceMs });
  try {
    return await runIn(kernel, await kernel.connect(), pattern, limits);
  } finally {
    await kernel.stop();
  }
}

async function runIn(kernel: RunningKernel, client: WireClient, pattern: Pattern, limits: Limits): Promise<Outcome> {
  const said = await client.execute(
    'const kept = { text: "still here", list: Array.from({ length: 1_000 }, (_none, n) => n) }; const { memlimit } = require("heapmark"); [process.pid, (await memlimit()).heapLimit].join(" ")',
  );
  const [pid = 0, heapLimit = 0] = (resultOf(said) ?? '').replaceAll("'", '').split(' ').map(Number);
  if (pattern.limit === 'process') await client.execute(`%memlimit ${limits.processBytes}`);
  const watch = new Watch(
    kernel.pid,
    pid,
    // What is resident beside the heap was there before.
    pattern.limit === 'process' ? limits.processBytes : heapLimit + (residentBytes(pid) ?? 0),
  );
  const began = performance.now();
  const { reply } = await runToItsEnd(client, pattern);
  const ended = performance.now();
  watch.stop();
  const after = await client.execute('[process.pid, kept.text, kept.list.at(-1)].join(" ")');
  const info = await client.request('kernel_info_request');
  const crossed = watch.crossedAt;
  return {
    name: pattern.name,
    ename: (reply.content['ename'] as string | undefined) ?? null,
    evalue: String(reply.content['evalue'] ?? '').split('\n')[0] ?? '',
    front: info.reply.content['status'] === 'ok' && kernel.process.exitCode === null,
    globals: resultOf(after) === `'${pid} still here 999'`,
    reactionMs: crossed === null ? null : ended - crossed,
    elapsedMs: ended - began,
    frontPeak: watch.frontPeak,
    faults: kernel.faults.map(String),
  };
}

async function runToItsEnd(client: WireClient, { code, limit }: Pattern): Promise<Exchange> {
  const id = client.submit(code);
  if (limit !== 'none') return client.exchange(id);
  const timer = setTimeout(() => client.send('interrupt_request', {}, { channel: 'control' }), INTERRUPT_AFTER_MS);
  try {
    return await client.exchange(id);
  } finally {
    clearTimeout(timer);
  }
}

/** Resident memory of both processes, read from outside. */
class Watch {
  crossedAt: number | null = null;
  frontPeak: number | null = null;
  private readonly timer: NodeJS.Timeout;

  constructor(front: number, runtime: number, limit: number) {
    this.timer = setInterval(() => {
      const resident = residentBytes(runtime);
      if (this.crossedAt === null && resident !== null && resident > limit) this.crossedAt = performance.now();
      const own = residentBytes(front);
      if (own !== null && own > (this.frontPeak ?? 0)) this.frontPeak = own;
    }, LOOK_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }
}

/** Resident bytes of a process; `null` when it is gone or the system does not tell. */
export function residentBytes(pid: number): number | null {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE;
  } catch {
    return null;
  }
}
