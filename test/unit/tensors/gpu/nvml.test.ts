import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import koffi from 'koffi';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Nvml, NVML_LIBRARY, type Koffi } from '../../../../kernel/src/tensors/gpu/nvml.js';

const folder = mkdtempSync(join(tmpdir(), 'heapmark-nvml-'));
const library = join(folder, 'libstandin.so');
const compiler = spawnSync('cc', ['--version']).status === 0;
if (!compiler) process.stderr.write('No C compiler: the stand-in of NVML is not tested here.\n');
const ffi = koffi as unknown as Koffi;

afterAll(() => rmSync(folder, { recursive: true }));

describe.runIf(compiler)("NVIDIA's library, stood in for", () => {
  let nvml: Nvml;

  beforeAll(() => {
    const source = fileURLToPath(new URL('stand-in.c', import.meta.url));
    const { status, stderr } = spawnSync('cc', ['-shared', '-fPIC', '-o', library, source]);
    expect(`${status} ${stderr.toString()}`).toBe('0 ');
    nvml = Nvml.open(ffi, library);
  });

  test('memory, utilisation and name of a device', () => {
    expect(nvml.devices()[0]).toMatchObject({
      index: 0,
      name: 'Stand-in A',
      memory: { total: 150e9, free: 149e9, used: 1e9 },
      utilisation: 0.37,
    });
  });

  test('more processes than there was room for at first, one of which the driver does not tell the memory of', () => {
    const { processes = [] } = nvml.devices()[0] ?? {};
    expect(processes.length).toBe(70);
    expect(processes[0]).toEqual({ pid: 100, bytes: 5e9 });
    expect(processes[1]).toEqual({ pid: 101, bytes: null });
    expect(processes[69]).toEqual({ pid: 169, bytes: 5e9 + 69 });
  });

  test('a device that supports nothing has no figures, and is listed all the same', () => {
    expect(nvml.devices()[1]).toEqual({
      index: 1,
      name: 'Stand-in B',
      memory: null,
      utilisation: null,
      processes: [],
    });
  });

  test('a sample of both devices takes far less than a millisecond', () => {
    const samples = Array.from({ length: 200 }, () => {
      const start = performance.now();
      nvml.devices();
      return performance.now() - start;
    }).sort((a, b) => a - b);
    expect(samples[100]).toBeLessThan(1);
  });
});

test('a library that is not there is an error that can be caught', () => {
  expect(() => Nvml.open(ffi, join(folder, 'missing.so'))).toThrow(/load/);
  expect(NVML_LIBRARY).toMatch(/nvml|nvidia-ml/);
});
