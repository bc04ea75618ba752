/** TensorFlow.js as user code would load it, with the provider listening before. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type * as Library from '@tensorflow/tfjs';
import type { CellTag } from '../../../kernel/src/ipc/messages.js';
import type { GlobalEntry } from '../../../kernel/src/runtime/context.js';
import { listenToAddons } from '../../../kernel/src/tensors/addons.js';
import { OnnxProvider } from '../../../kernel/src/tensors/onnx/provider.js';
import { Tensors } from '../../../kernel/src/tensors/tensors.js';
import { TfjsProvider } from '../../../kernel/src/tensors/tfjs/provider.js';
import { WebGpuDevices } from '../../../kernel/src/tensors/webgpu/devices.js';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** Two collections with macrotasks between: finalisers have run afterwards. */
export async function collect(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export const tag = (executionCount: number): CellTag => ({
  parentId: 'p',
  cellId: `c${executionCount}`,
  executionCount,
});

/** The cell that makes tensors now, and the variables of the notebook. */
export const notebook = { cell: tag(1) as CellTag | null, variables: new Map<string, unknown>() };

export const provider = new TfjsProvider({ cell: () => notebook.cell });
export const devices = new WebGpuDevices();
export const onnx = new OnnxProvider({ cell: () => notebook.cell, resident: () => process.memoryUsage.rss() });
provider.listen();
listenToAddons([(exports) => devices.inspect(exports), (exports) => onnx.inspect(exports)], process);

export const tensors = new Tensors(
  { tfjs: provider, webgpu: devices, onnx },
  {
    *entries(): Iterable<GlobalEntry> {
      for (const [name, value] of notebook.variables)
        yield { name, kind: 'const', owner: tag(1), defined: true, value };
    },
    now: () => performance.now(),
    memory() {
      const { rss, external, arrayBuffers } = process.memoryUsage();
      return { rss, external: external - arrayBuffers };
    },
    collect,
  },
);

export const tf: typeof Library = await import('@tensorflow/tfjs');
await import('@tensorflow/tfjs-backend-wasm');

export const statsOf = (backend: string) => {
  const found = provider.stats().find((stats) => stats.backend === backend);
  if (found === undefined) throw new Error(`${backend} is not in use`);
  return found;
};
