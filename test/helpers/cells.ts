/** Cells of a shared kernel, run for what they show. */
import { ofType, textOf, type SharedKernel } from './shared-kernel.js';
import type { Exchange } from './wire-client.js';

/** Ways to run cells in a shared kernel. */
export function cellsOf(shared: SharedKernel) {
  /** Runs a cell that must not fail. */
  async function run(code: string): Promise<Exchange> {
    const exchange = await shared.client.execute(code);
    const [error] = ofType(exchange, 'error');
    if (error !== undefined) throw new Error(`${code}\n→ ${error['ename']}: ${error['evalue']}`);
    return exchange;
  }

  /** A record of a function form. */
  async function record<R>(expression: string): Promise<R> {
    const exchange = await run(
      `{ const h = await import('heapmark'); console.log('RECORD' + JSON.stringify(await h.${expression})); }`,
    );
    return JSON.parse(textOf(exchange).split('RECORD')[1] ?? '') as R;
  }

  return { run, record };
}
