import { describe, expect, test } from 'vitest';
import { OnnxProvider } from '../../../kernel/src/tensors/onnx/provider.js';

/** The native library as `onnxruntime-node` loads it, in JavaScript. */
function makeBinding(grow: (bytes: number) => void) {
  class InferenceSession {
    loadModel(_model: unknown): void {
      grow(1000);
    }
    run(): string {
      grow(500);
      return 'outputs';
    }
    dispose(): void {
      grow(-1500);
    }
  }
  return { InferenceSession, initOrtOnce: (_level: number, _tensor: unknown) => 'started' };
}

class Tensor {
  type = 'float32';
  constructor(
    public cpuData: Float32Array | undefined,
    public dims: number[],
  ) {}
  dispose(): void {
    this.cpuData = undefined;
  }
}

function setUp() {
  let resident = 10_000;
  const binding = makeBinding((bytes) => (resident += bytes));
  const provider = new OnnxProvider({
    cell: () => ({ parentId: 'p', cellId: 'a', executionCount: 3 }),
    resident: () => resident,
  });
  provider.inspect(binding);
  expect(binding.initOrtOnce(2, Tensor)).toBe('started');
  return { binding, provider };
}

describe('ONNX Runtime', () => {
  test('sessions carry what the process grew by while they were made and ran, as an estimate with its reason', () => {
    const { binding, provider } = setUp();
    const session = new binding.InferenceSession();
    session.loadModel('model.onnx');
    expect(session.run()).toBe('outputs');
    expect(provider.sessions()).toEqual([
      { id: 1, model: 'model.onnx', bytes: 1500, precision: 'estimate', cell: { cellId: 'a', executionCount: 3 } },
    ]);
    const [stats] = provider.stats();
    expect(stats).toMatchObject({ allocated: null, reserved: 1500, precision: 'estimate' });
    expect(stats?.reason).toContain('estimate');
  });

  test('a released session is gone, its peak is kept until it is reset, and emptying says what gives memory back', async () => {
    const { binding, provider } = setUp();
    const session = new binding.InferenceSession();
    session.loadModel('model.onnx');
    expect((await provider.emptyCache())[0]?.reason).toContain('session.release()');
    session.dispose();
    expect(provider.sessions()).toEqual([]);
    expect(provider.stats()[0]).toMatchObject({ reserved: 0, peakReserved: 1000 });
    provider.resetPeak('reserved');
    expect(provider.stats()[0]).toMatchObject({ peakReserved: 0 });
    expect(await provider.emptyCache()).toEqual([]);
  });

  test('its tensors are found by their class, and disposed by their own call', () => {
    const { provider } = setUp();
    const tensor = new Tensor(new Float32Array(10), [10]);
    const found = provider.find(tensor);
    expect(found?.bytes).toBe(40);
    expect(provider.find({ cpuData: new Float32Array(10) })).toBeNull();
    const id = found?.id ?? 0;
    expect(provider.dispose([id, 7], new Map([[id, tensor]]))).toEqual([id]);
    expect(tensor.cpuData).toBeUndefined();
  });

  test('another native library is left as it is', () => {
    const provider = new OnnxProvider({ cell: () => null, resident: () => 0 });
    provider.inspect({ InferenceSession: 1, initOrtOnce: 2 });
    expect(provider.attached).toBe(false);
    expect(provider.stats()).toEqual([]);
  });
});
