/** A kernel that is measured: how long its cells take, by its own records, and what of it its main thread worked. */
import { readFileSync } from 'node:fs';
import type { CellRecord } from '@heapmark/protocol';
import { startKernel, type KernelOptions } from '../../helpers/kernel.js';
import { openMemory, type MemoryComm } from '../../helpers/memory-comm.js';
import type { WireClient } from '../../helpers/wire-client.js';

export class MeasuredKernel {
  private runs = 0;
  private pid = 0;

  private constructor(
    private readonly client: WireClient,
    private readonly comm: MemoryComm | null,
    private readonly end: () => Promise<void>,
  ) {}

  /** @param told whether it sends records: a kernel without accounting has none. */
  static async start(told: boolean, options: KernelOptions = {}): Promise<MeasuredKernel> {
    const kernel = await startKernel(options);
    try {
      const client = await kernel.connect();
      const comm = told ? await openMemory(client) : null;
      await comm?.request('subscribe', { topics: ['cell'] });
      const measured = new MeasuredKernel(client, comm, () => kernel.stop());
      measured.pid = Number((await measured.value('process.pid')) ?? 0);
      return measured;
    } catch (error) {
      await kernel.stop();
      throw error;
    }
  }

  /** The record of a cell that has run. Rejects with its error. */
  async record(code: string): Promise<CellRecord> {
    if (this.comm === null) throw new Error('This kernel was started to send no records.');
    const cellId = `cell-${++this.runs}`;
    const ended = this.comm.event('cell', ({ cell }) => cell.cellId === cellId && cell.status !== 'running');
    await this.run(code, cellId);
    return (await ended).cell;
  }

  /** Milliseconds from the request to its reply. */
  async run(code: string, cellId: string | null = null): Promise<number> {
    const start = performance.now();
    const { reply } = await this.client.execute(code, {}, cellId === null ? {} : { cellId });
    const took = performance.now() - start;
    if (reply.content['status'] !== 'ok') throw new Error(`${code.slice(0, 200)}: ${JSON.stringify(reply.content)}`);
    return took;
  }

  /** The text of an expression's value. */
  async value(expression: string): Promise<string | undefined> {
    const { broadcasts } = await this.client.execute(expression);
    const result = broadcasts.find(({ header }) => header.msg_type === 'execute_result');
    return (result?.content['data'] as Record<string, string> | undefined)?.['text/plain'];
  }

  /** Milliseconds that the runtime's main thread has worked; `null` where the system does not tell. */
  worked(): number | null {
    try {
      const [nanoseconds] = readFileSync(`/proc/${this.pid}/task/${this.pid}/schedstat`, 'latin1').split(' ');
      return Number(nanoseconds) / 1e6;
    } catch {
      return null;
    }
  }

  stop(): Promise<void> {
    return this.end();
  }
}
