/** The tensor part of a runtime: attached before user code runs, idle until user code loads a library. */
import type { RuntimeContext } from '../runtime/context.js';
import type { Memory } from '../memory/index.js';
import { declareOutside } from '../memory/size/outside.js';
import { listenToAddons } from './addons.js';
import { TensorCells } from './cells.js';
import { GpuDevices, systemGpuProbes } from './gpu/devices.js';
import { withTensors } from './memory.js';
import { OnnxProvider } from './onnx/provider.js';
import { Tensors } from './tensors.js';
import { reserveEngine, TfjsProvider } from './tfjs/provider.js';
import { WebGpuDevices } from './webgpu/devices.js';

/** Takes the names on `globalThis` that libraries will use: they are no variables of the notebook. */
export const reserveGlobals = (): void => reserveEngine(globalThis);

export interface TensorPart {
  readonly tensors: Tensors;
  readonly gpu: GpuDevices;
  readonly cells: TensorCells;
  /** Memory that knows of tensors. */
  readonly memory: Memory;
}

type Runtime = Pick<RuntimeContext, 'currentCell' | 'globals' | 'tensorGauge'>;

/** Attaches to the libraries, one set a process. */
export function createTensors(runtime: Runtime, memory: Memory): TensorPart {
  const cell = (): ReturnType<Runtime['currentCell']> => runtime.currentCell();
  const tfjs = new TfjsProvider({ cell }, runtime.tensorGauge, declareOutside);
  const webgpu = new WebGpuDevices();
  const onnx = new OnnxProvider({ cell, resident: residentWithoutBuffers });
  tfjs.listen();
  listenToAddons([(exports) => webgpu.inspect(exports), (exports) => onnx.inspect(exports)], process);
  const tensors = new Tensors(
    { tfjs, webgpu, onnx },
    {
      entries: () => runtime.globals.entries(),
      now: () => memory.clock.now(),
      memory() {
        const { rss, external, arrayBuffers } = process.memoryUsage();
        return { rss, external: external - arrayBuffers };
      },
      collect: async () => void (await memory.collect()),
    },
  );
  return {
    tensors,
    gpu: new GpuDevices(systemGpuProbes()),
    cells: new TensorCells(tensors),
    memory: withTensors(memory, tensors),
  };
}

/** What the process holds beyond JavaScript's own buffers, bytes. */
function residentWithoutBuffers(): number {
  const { rss, arrayBuffers } = process.memoryUsage();
  return rss - arrayBuffers;
}
