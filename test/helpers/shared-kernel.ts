/** One kernel for all tests of a file; a message that breaks the protocol fails the test that saw it. */
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { startKernel, type KernelOptions, type RunningKernel } from './kernel.js';
import type { WireClient, Exchange } from './wire-client.js';
import type { WireMessage } from './message-schemas.js';

export interface SharedKernel {
  readonly kernel: RunningKernel;
  readonly client: WireClient;
}

export function useKernel(options: KernelOptions = {}): SharedKernel {
  let kernel: RunningKernel | undefined;
  let client: WireClient | undefined;
  let checked = 0;
  beforeAll(async () => {
    kernel = await startKernel(options);
    client = await kernel.connect();
  });
  afterEach(() => {
    const faults = kernel?.faults ?? [];
    const fresh = faults.slice(checked);
    checked = faults.length;
    expect(fresh.map(String)).toEqual([]);
  });
  afterAll(() => kernel?.stop());
  return {
    get kernel() {
      return kernel as RunningKernel;
    },
    get client() {
      return client as WireClient;
    },
  };
}

/** Contents of the broadcasts of one type. */
export const ofType = (exchange: Pick<Exchange, 'broadcasts'>, type: string): WireMessage['content'][] =>
  exchange.broadcasts.filter((message) => message.header.msg_type === type).map((message) => message.content);

/** Types of the broadcasts in order, statuses by their state. */
export const shapeOf = (exchange: Pick<Exchange, 'broadcasts'>): string[] =>
  exchange.broadcasts.map(({ header, content }) =>
    header.msg_type === 'status' ? (content['execution_state'] as string) : header.msg_type,
  );

/** All text of one stream. */
export const textOf = (exchange: Pick<Exchange, 'broadcasts'>, name: 'stdout' | 'stderr' = 'stdout'): string =>
  ofType(exchange, 'stream')
    .filter((content) => content['name'] === name)
    .map((content) => content['text'] as string)
    .join('');

/** The plain text of a cell's result. */
export const resultOf = (exchange: Pick<Exchange, 'broadcasts'>): string | undefined =>
  ofType(exchange, 'execute_result')[0]?.['data']['text/plain'] as string | undefined;
