/**
 * What watching tensors costs: `npx tsx test/bench/tensors/hooks.ts`. With and without the hooks in turn, in one process,
 * so that a busy machine hits both alike.
 */
import { TfjsProvider } from '../../../kernel/src/tensors/tfjs/provider.js';
import { WebGpuDevices } from '../../../kernel/src/tensors/webgpu/devices.js';
import { OnnxProvider } from '../../../kernel/src/tensors/onnx/provider.js';
import { Tensors } from '../../../kernel/src/tensors/tensors.js';

const HOOKS = ['trackTensor', 'disposeTensor', 'makeTensor', 'moveData'] as const;
const cell = { parentId: 'bench', cellId: null, executionCount: 1 };
const tfjs = new TfjsProvider({ cell: () => cell });
tfjs.listen();
const tf = await import('@tensorflow/tfjs');
await import('@tensorflow/tfjs-backend-wasm');

const engine = (globalThis as unknown as { _tfengine: Record<string, unknown> })._tfengine;
const hooks = HOOKS.map((name) => [name, engine[name]] as const);
const setHooks = (on: boolean): void => {
  for (const [name, value] of hooks)
    if (on) Object.defineProperty(engine, name, { value, configurable: true, writable: true });
    else Reflect.deleteProperty(engine, name);
};

interface Pair {
  on: number[];
  off: number[];
}
const median = (numbers: number[]): number => numbers.sort((a, b) => a - b)[numbers.length >> 1] ?? NaN;
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const print = (text: string): void => void process.stdout.write(`${text}\n`);

async function inTurn(rounds: number, work: (on: boolean) => number | Promise<number>): Promise<Pair> {
  const pair: Pair = { on: [], off: [] };
  for (let round = 0; round < rounds; round++) {
    for (const on of [true, false]) {
      setHooks(on);
      pair[on ? 'on' : 'off'].push(await work(on));
    }
    await breathe();
  }
  setHooks(true);
  return pair;
}

function network() {
  const { layers } = tf;
  const model = tf.sequential();
  model.add(layers.dense({ units: 64, activation: 'relu', inputShape: [32] }));
  model.add(layers.dense({ units: 64, activation: 'relu' }));
  model.add(layers.dense({ units: 32 }));
  model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
  return model;
}

for (const backend of ['cpu', 'wasm']) {
  await tf.setBackend(backend);
  const values = new Float32Array(16);
  const each = await inTurn(300, () => {
    const start = performance.now();
    for (let i = 0; i < 1000; i++) tf.tensor1d(values).dispose();
    return performance.now() - start;
  });
  const on = median(each.on);
  const off = median(each.off);
  print(
    `${backend}: create and dispose ${off.toFixed(2)} us, watched ${on.toFixed(2)} us: +${(on - off).toFixed(2)} us (at most 3)`,
  );

  const [xs, ys] = [tf.randomNormal([512, 32]), tf.randomNormal([512, 32])];
  const models = { true: network(), false: network() };
  const step = await inTurn(backend === 'cpu' ? 25 : 120, async (watched) => {
    const start = performance.now();
    await models[`${watched}`].trainOnBatch(xs, ys);
    return performance.now() - start;
  });
  const share = median(step.on) / median(step.off) - 1;
  print(
    `${backend}: a training step of the sample network ${median(step.off).toFixed(2)} ms, watched ${median(step.on).toFixed(2)} ms: ${(100 * share).toFixed(1)} % (at most 2)`,
  );
}

const kept = Array.from({ length: 1000 }, () => tf.ones([10]));
const onnx = new OnnxProvider({ cell: () => cell, resident: () => 0 });
const tensors = new Tensors(
  { tfjs, webgpu: new WebGpuDevices(), onnx },
  {
    entries: () => [{ name: 'kept', kind: 'const', owner: cell, defined: true, value: kept }],
    now: () => performance.now(),
    memory: () => ({ rss: 0, external: 0 }),
    collect: async () => undefined,
  },
);
const samples = Array.from({ length: 200 }, () => {
  const start = performance.now();
  tensors.record(200);
  return performance.now() - start;
});
print(`a sample of all providers with ${tensors.liveCount} live tensors: ${median(samples).toFixed(2)} ms (at most 5)`);
tf.dispose(kept);
