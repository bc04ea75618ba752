import { createRequire } from 'node:module';
import koffi from 'koffi';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { WebGpuDevices } from '../../../kernel/src/tensors/webgpu/devices.js';
import { softwareGpu } from '../../helpers/swiftshader.js';
import { collect, devices, provider, statsOf, tensors, tf } from './tf-world.js';

const software = softwareGpu();

interface Gpu {
  requestAdapter(): Promise<GpuAdapter>;
}
interface GpuAdapter {
  info: { description: string };
  requestDevice(): Promise<GpuDevice>;
}
interface GpuDevice {
  createBuffer(of: { size: number; usage: number; label?: string }): { destroy(): void; size: number };
  createTexture(of: object): { destroy(): void };
  queue: { submit(commands: unknown[]): void };
  destroy(): void;
}

const live = () => devices.record()?.live ?? { count: -1, bytes: -1 };
const COPY_DST = 8;

describe.runIf(software !== null)('WebGPU on a software device', () => {
  let gpu: Gpu;

  beforeAll(async () => {
    Object.assign(process.env, software?.env);
    // The loader of this environment is found by its name once it is loaded.
    koffi.load(software?.loader ?? '');
    const { create, globals } = (await import('webgpu')) as unknown as {
      create(flags: string[]): Gpu;
      globals: object;
    };
    Object.assign(globalThis, globals);
    gpu = create([]);
    const { navigator = {} } = globalThis as { navigator?: object };
    Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
    Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true, writable: true });
    await import('@tensorflow/tfjs-backend-webgpu');
  });

  describe('any library', () => {
    test('counts what lives, what was destroyed and what was collected apart, with labels and peak', async () => {
      const device = await (await gpu.requestAdapter()).requestDevice();
      devices.resetPeak();
      const before = devices.record();
      const a = device.createBuffer({ size: 4096, usage: COPY_DST, label: 'weights' });
      device.createBuffer({ size: 1024, usage: COPY_DST, label: 'weights' });
      const c = device.createTexture({ size: [16, 8], format: 'rgba8unorm', usage: 1, label: 'picture' });
      const during = devices.record();
      expect(during?.byLabel).toContainEqual({ label: 'weights', kind: 'buffer', count: 2, bytes: 5120 });
      expect(during?.byLabel).toContainEqual({ label: 'picture', kind: 'texture', count: 1, bytes: 512 });
      expect((during?.live.bytes ?? 0) - (before?.live.bytes ?? 0)).toBe(5632);
      a.destroy();
      a.destroy();
      c.destroy();
      await collect();
      const after = devices.record();
      expect(after?.live).toEqual(before?.live);
      expect((after?.destroyed.bytes ?? 0) - (before?.destroyed.bytes ?? 0)).toBe(4608);
      expect((after?.collected.bytes ?? 0) - (before?.collected.bytes ?? 0)).toBe(1024);
      expect((after?.peak ?? 0) - (before?.live.bytes ?? 0)).toBe(5632);
      device.destroy();
    });

    test('a destroyed device takes its buffers along', async () => {
      const device = await (await gpu.requestAdapter()).requestDevice();
      const before = live();
      const kept = device.createBuffer({ size: 4096, usage: COPY_DST });
      expect(live().bytes - before.bytes).toBe(4096);
      device.destroy();
      expect(live()).toEqual(before);
      expect(kept.size).toBe(4096);
    });
  });

  describe('TensorFlow.js', () => {
    beforeAll(async () => {
      expect(await tf.setBackend('webgpu')).toBe(true);
      await tf.ready();
    });

    beforeEach(async () => {
      await provider.emptyCache(false);
      provider.resetPeak('both');
    });

    test('reserved agrees to the byte with the wrapped device after 10,000 random steps', async () => {
      const others = live().bytes - (statsOf('webgpu').reserved ?? 0);
      const kept: ReturnType<typeof tf.zeros>[] = [];
      let seed = 11;
      const next = (n: number): number => (seed = (seed * 48_271) % 2_147_483_647) % n;
      const memory = tf.memory().numBytes - (statsOf('webgpu').viewBytes ?? 0);
      for (let step = 0; step < 10_000; step++) {
        const chosen = kept[next(Math.max(1, kept.length))];
        const kind = next(12);
        if (chosen === undefined || kind === 0) kept.push(tf.fill([1 + next(64), 3], step));
        else if (kind === 1) kept.push(tf.tidy(() => chosen.add(1).mul(2)));
        else if (kind < 5) kept.push(chosen.reshape([-1]));
        else if (kind < 8) kept.push(chosen.clone());
        else kept.splice(next(kept.length), 1)[0]?.dispose();
        if (step % 1000 === 999) await kept[0]?.data();
      }
      const stats = statsOf('webgpu');
      expect(live().bytes - others).toBe(stats.reserved);
      expect(tf.memory().numBytes - memory).toBe(stats.viewBytes);
      tf.dispose(kept);
      expect(statsOf('webgpu').liveCount).toBe((stats.liveCount ?? 0) - kept.length);
    });

    test('emptying the cache gives back every free buffer, and the device counts the same', async () => {
      const others = live().bytes - (statsOf('webgpu').reserved ?? 0);
      const before = statsOf('webgpu');
      const kept = tf.ones([1000]).add(1);
      tf.tidy(() => void tf.ones([512, 512]).matMul(tf.ones([512, 512])));
      await kept.data();
      const full = statsOf('webgpu');
      expect(full.cachedFree).toBeGreaterThan(3_000_000);
      expect(full.peakReserved).toBeGreaterThanOrEqual(full.reserved ?? 0);
      const [emptied] = (await provider.emptyCache(false)).filter(({ backend }) => backend === 'webgpu');
      expect(emptied).toMatchObject({ reservedBefore: full.reserved, reason: null });
      expect(emptied?.reservedAfter).toBe(live().bytes - others);
      expect(statsOf('webgpu').cachedFree).toBe(0);
      expect((await kept.data())[0]).toBe(2);
      // The pool works on with its lists emptied.
      const again = tf.ones([512, 512]).add(1);
      expect((await again.sum().data())[0]).toBe(524_288);
      tf.dispose([kept, again]);
      await collect();
      await provider.emptyCache(false);
      expect(statsOf('webgpu').reserved).toBe(before.reserved);
    });

    test('is measured twice when it is emptied: by its pool, and by the device', async () => {
      const big = tf.ones([1_000_000]).add(1);
      await big.data();
      big.dispose();
      const { backends } = await tensors.emptyCache(false);
      const webgpu = backends.find(({ backend }) => backend === 'webgpu');
      const own = (webgpu?.reservedBefore ?? 0) - (webgpu?.reservedAfter ?? 0);
      expect(own).toBeGreaterThanOrEqual(4_000_000);
      expect((webgpu?.measuredBefore ?? 0) - (webgpu?.measuredAfter ?? 0)).toBe(own);
    });

    test('tensors that were collected return their buffers', async () => {
      const before = statsOf('webgpu').allocated;
      await (async () => {
        const dropped = tf.ones([100_000]).add(1);
        await dropped.data();
      })();
      await collect();
      expect(statsOf('webgpu').allocated).toBe(before);
    });
  });
});

test('a native library that is no WebGPU binding is left as it is', () => {
  const devicesAlone = new WebGpuDevices();
  devicesAlone.inspect({ something: 1 });
  expect(devicesAlone.record()).toBeNull();
  expect(createRequire(import.meta.url)('koffi')).toBeDefined();
});
