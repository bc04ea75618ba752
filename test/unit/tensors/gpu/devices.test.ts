import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { amdDevices } from '../../../../kernel/src/tensors/gpu/amd.js';
import { GpuDevices, type GpuProbes } from '../../../../kernel/src/tensors/gpu/devices.js';
import type { NvmlDevice } from '../../../../kernel/src/tensors/gpu/nvml.js';
import { linuxProcesses } from '../../../../kernel/src/tensors/gpu/processes.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'heapmark-gpu-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const absent = async (): Promise<never> => {
  throw new Error('libnvidia-ml.so.1: cannot open shared object file');
};

const device: NvmlDevice = {
  index: 0,
  name: 'Stand-in',
  memory: { total: 10, used: 4, free: 6 },
  utilisation: 0.5,
  processes: [
    { pid: 10, bytes: 3 },
    { pid: 11, bytes: null },
    { pid: 12, bytes: 1 },
  ],
};

const ended: number[] = [];
const probes = (more: Partial<GpuProbes> = {}): GpuProbes => ({
  openNvml: async () => ({ devices: () => [device] }),
  runSmi: absent,
  amdDevices: () => [],
  processes: {
    sameNumbers: true,
    describe: (pid) =>
      pid === 12
        ? null
        : { name: `python${pid}`, own: true, notebook: pid === 11 ? 'old.ipynb' : null, thisKernel: pid === 10 },
  },
  end: (pid) => ended.push(pid) > 0,
  ...more,
});

describe('processes on a device', () => {
  test('have name, bytes and notebook, and are nobody’s where they are not seen', async () => {
    const { devices } = await new GpuDevices(probes()).record();
    expect(devices[0]?.processes).toEqual([
      { pid: 10, bytes: 3, name: 'python10', own: true, notebook: null, thisKernel: true },
      { pid: 11, bytes: null, name: 'python11', own: true, notebook: 'old.ipynb', thisKernel: false },
      { pid: 12, bytes: 1, name: null, own: false, notebook: null, thisKernel: false },
    ]);
  });

  test('in a container carry numbers of the host: they are told, and none can be ended', async () => {
    const { processes } = probes();
    const gpu = new GpuDevices(probes({ processes: { ...processes, sameNumbers: false } }));
    const record = await gpu.record();
    expect(record.devices[0]?.processes.map(({ own, name }) => ({ own, name }))).toEqual(
      Array(3).fill({ own: false, name: null }),
    );
    expect(record.notes.join(' ')).toContain('in a container');
    await expect(gpu.end(11)).rejects.toThrow('not known to be yours');
  });

  test('are ended only when they are one’s own, hold memory of a device, and are not this kernel', async () => {
    const gpu = new GpuDevices(probes());
    ended.length = 0;
    await expect(gpu.end(10)).rejects.toThrow("this kernel's own");
    await expect(gpu.end(12)).rejects.toThrow('not known to be yours');
    await expect(gpu.end(1)).rejects.toThrow('holds no memory of a device');
    expect(ended).toEqual([]);
    expect(await gpu.end(11)).toBe(true);
    expect(ended).toEqual([11]);
  });

  test('are read from Linux: user, notebook and ancestors', () => {
    mkdirSync(join(folder, 'self', 'ns'), { recursive: true });
    symlinkSync('pid:[4026531836]', join(folder, 'self', 'ns', 'pid'));
    for (const [pid, parent] of [
      [20, 5],
      [21, 20],
    ]) {
      mkdirSync(join(folder, String(pid)));
      writeFileSync(join(folder, String(pid), 'comm'), 'node\n');
      writeFileSync(join(folder, String(pid), 'status'), `Name:\tnode\nPPid:\t${parent}\n`);
      writeFileSync(join(folder, String(pid), 'environ'), 'A=1\0JPY_SESSION_NAME=/home/me/old.ipynb\0B=2\0');
    }
    const table = linuxProcesses(20, folder);
    expect(table.sameNumbers).toBe(true);
    expect(table.describe(21)).toEqual({ name: 'node', own: true, notebook: '/home/me/old.ipynb', thisKernel: true });
    expect(linuxProcesses(99, folder).describe(21)?.thisKernel).toBe(false);
    expect(linuxProcesses(20, folder, 4_000_000).describe(21)).toMatchObject({ own: false, notebook: null });
    expect(table.describe(22)).toBeNull();
  });
});

describe('where the library is absent', () => {
  test('nvidia-smi answers, fields that are N/A are not known', async () => {
    const runSmi = async (args: readonly string[]): Promise<string> =>
      args[0]?.startsWith('--query-gpu') === true
        ? '0, GPU-a, H200, 143771, 1024, 142747, [N/A]\n1, GPU-b, MIG, [N/A], [N/A], [N/A], 3\n'
        : 'GPU-a, 10, 512\nGPU-a, 11, [N/A]\n';
    const { devices, reason } = await new GpuDevices(probes({ openNvml: absent, runSmi })).record();
    expect(reason).toBeNull();
    expect(devices[0]).toMatchObject({
      name: 'H200',
      total: 143771 * 2 ** 20,
      used: 2 ** 30,
      utilisation: null,
      source: 'nvidia-smi',
      processes: [
        { pid: 10, bytes: 2 ** 29 },
        { pid: 11, bytes: null },
      ],
    });
    expect(devices[1]).toMatchObject({ total: null, used: null, utilisation: 0.03, processes: [] });
  });

  test('AMD’s devices are read from the system', async () => {
    const at = join(folder, 'card1', 'device');
    mkdirSync(at, { recursive: true });
    mkdirSync(join(folder, 'card1-DP-1'));
    const files = { vendor: '0x1002\n', mem_info_vram_total: '17163091968\n', mem_info_vram_used: '1048576\n' };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(at, name), text);
    const gpu = new GpuDevices(probes({ openNvml: absent, amdDevices: () => amdDevices(folder) }));
    const { devices } = await gpu.record();
    expect(devices).toMatchObject([
      { name: 'AMD card1', total: 17163091968, used: 1048576, utilisation: null, source: 'sysfs' },
    ]);
  });

  test('says why there is no device where there is none', async () => {
    const { devices, reason } = await new GpuDevices(
      probes({ openNvml: absent, amdDevices: () => amdDevices(join(folder, 'none')) }),
    ).record();
    expect(devices).toEqual([]);
    expect(reason).toContain('no nvidia-smi');
  });
});
