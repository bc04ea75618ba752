/** AMD's devices, as Linux shows them: https://docs.kernel.org/gpu/amdgpu/driver-misc.html */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NvmlDevice } from './nvml.js';

export const DRM_FOLDER = '/sys/class/drm';
const VENDOR = '0x1002';

/** Empty where there are none. Which process holds how much is not told. */
export function amdDevices(folder = DRM_FOLDER): NvmlDevice[] {
  return cards(folder).flatMap((card, index) => {
    const at = join(folder, card, 'device');
    const total = numberIn(join(at, 'mem_info_vram_total'));
    const used = numberIn(join(at, 'mem_info_vram_used'));
    if (textIn(join(at, 'vendor')) !== VENDOR || total === null) return [];
    const busy = numberIn(join(at, 'gpu_busy_percent'));
    return [
      {
        index,
        name: textIn(join(at, 'product_name')) ?? `AMD ${card}`,
        memory: used === null ? null : { total, used, free: total - used },
        utilisation: busy === null ? null : busy / 100,
        processes: [],
      },
    ];
  });
}

function cards(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => /^card\d+$/.test(name));
  } catch {
    return [];
  }
}

function textIn(file: string): string | null {
  try {
    const text = readFileSync(file, 'utf8').trim();
    return text === '' ? null : text;
  } catch {
    return null;
  }
}

function numberIn(file: string): number | null {
  const text = textIn(file);
  return text !== null && /^\d+$/.test(text) ? Number(text) : null;
}
