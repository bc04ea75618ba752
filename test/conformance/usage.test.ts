import { describe, expect, it } from 'vitest';
import { useKernel } from '../helpers/shared-kernel.js';

const shared = useKernel();
const usage = async () => (await shared.client.request('usage_request', {}, { channel: 'control' })).reply.content;

describe('usage', () => {
  it('tells the memory of front and runtime together', async () => {
    const before = await usage();
    expect(before['pid']).toBe(shared.kernel.pid);
    await shared.client.execute('const held = new Uint8Array(200_000_000).fill(1);');
    const after = await usage();
    expect((after['kernel_memory'] as number) - (before['kernel_memory'] as number)).toBeGreaterThan(150_000_000);
  });

  it('tells the CPU time of a runtime that spins', async () => {
    await usage();
    await shared.client.execute('{ const until = Date.now() + 1000; while (Date.now() < until); }');
    expect((await usage())['kernel_cpu']).toBeGreaterThan(20);
  });

  it('tells about the host', async () => {
    const { host_virtual_memory: memory, cpu_count: cpus } = await usage();
    expect(memory.total).toBeGreaterThan(memory.available);
    expect(cpus).toBeGreaterThan(0);
  });
});
