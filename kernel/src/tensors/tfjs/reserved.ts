/** What a backend of TensorFlow.js holds from the system or the device beyond its live tensors. */
import type { Backend, BufferManager, TextureManager } from './engine.js';

export interface Reserved {
  /** Held, bytes; `null` where the backend does not say. */
  readonly bytes: number | null;
  /** Of these, free for reuse. */
  readonly free: number | null;
  readonly reason: string | null;
}

/** Bytes an element of the only texture format takes by the backend's own count. */
const TEXEL_BYTES = 16;

/** Reads the backend's own counters. */
export function reservedBy(name: string, backend: Backend, allocated: number): Reserved {
  const { wasm, bufferManager, textureManager } = backend;
  if (bufferManager !== undefined) {
    const held = bufferManager.numBytesAllocated + (textureManager?.numBytesAllocated ?? 0);
    const used = bufferManager.numBytesUsed + (textureManager?.numBytesUsed ?? 0);
    return { bytes: held, free: held - used, reason: null };
  }
  if (wasm !== undefined && wasm !== null) {
    const bytes = wasm.HEAPU8.byteLength;
    // The module's own data and stack are in it: what is free is less than this by some megabytes.
    return { bytes, free: Math.max(0, bytes - allocated), reason: null };
  }
  if (name === 'cpu') return { bytes: allocated, free: 0, reason: 'its data are ArrayBuffers of this process' };
  return { bytes: null, free: null, reason: `the backend ${name} does not tell what it holds` };
}

/** Destroys the free buffers and textures of a webgpu backend's pools. The pools' counters stay right. */
export function destroyFree(buffers: BufferManager, textures: TextureManager | undefined): void {
  // A key that is missing makes the pool throw later: the lists are emptied, not removed.
  for (const list of buffers.freeBuffers.values()) {
    for (const buffer of list) {
      buffers.numBytesAllocated -= buffer.size;
      buffers.numFreeBuffers -= 1;
      buffer.destroy();
    }
    list.length = 0;
  }
  for (const list of textures?.freeTextures.values() ?? []) {
    for (const texture of list) {
      if (textures !== undefined) {
        textures.numBytesAllocated -= texture.width * texture.height * TEXEL_BYTES;
        textures.numFreeTextures -= 1;
      }
      texture.destroy();
    }
    list.length = 0;
  }
}

/** A queue with more work than this is left to itself, ms: what it still uses goes when it is done with it. */
const LONGEST_WAIT = 2_000;

/** Sends what is waiting, so that what it used returns to the pools. */
export function sendWork(backend: Backend): void {
  if (backend.commandEncoder === null || backend.commandEncoder === undefined) return;
  backend.endComputePassEncoder?.();
  backend.submitQueue?.();
}

/** Waits, not for long, until the device has done what it was given. */
export async function waitForDevice(backend: Backend): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, LONGEST_WAIT)));
  await Promise.race([backend.queue?.onSubmittedWorkDone(), late]);
  clearTimeout(timer);
}
