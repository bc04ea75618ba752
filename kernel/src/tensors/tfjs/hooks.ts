/**
 * Listens to the engine of TensorFlow.js. Its methods are wrapped, not its state, which `reset()` replaces; all tensors,
 * variables too, come and go through them.
 */
import type { CellTag } from '../../ipc/messages.js';
import type { Backend, DataId, DisposableData, Engine, TfTensor } from './engine.js';
import { type Ledger, STORAGE, type Account, type Entry, type Storage } from './ledger.js';

/** Keeps the account of one engine, and frees what was collected without having been disposed. */
export class Hooks {
  private readonly names = new WeakMap<Backend, Account>();
  private freeing = true;
  private readonly original: Pick<Engine, 'disposeTensor'>;
  private readonly collected = new FinalizationRegistry<Entry>((entry) => this.wasCollected(entry));

  constructor(
    readonly engine: Engine,
    readonly ledger: Ledger,
    private readonly cell: () => CellTag | null,
    /** Told of each backend once, when its first tensor comes. */
    private readonly seen: (name: string, backend: Backend) => void,
  ) {
    this.original = { disposeTensor: engine.disposeTensor };
    this.wrap();
  }

  /** Whether tensors that nobody refers to any longer are freed; those that were left alone are freed when it is turned on. */
  get freesCollected(): boolean {
    return this.freeing;
  }

  set freesCollected(on: boolean) {
    this.freeing = on;
    if (!on) return;
    for (const entry of [...this.ledger.live.values()]) if (entry.collected) this.free(entry);
  }

  /** The account of a backend. A backend that was made anew keeps the account of its name. */
  accountOf(backend: Backend): Account {
    let account = this.names.get(backend);
    if (account === undefined) {
      const { registry } = this.engine;
      const name = Object.keys(registry).find((key) => registry[key] === backend);
      account = this.ledger.account(name ?? 'unknown');
      // A name may come later than the first tensor.
      if (name !== undefined) {
        this.names.set(backend, account);
        this.seen(name, backend);
      }
    }
    return account;
  }

  storageOf(dataId: DataId): Storage | undefined {
    return this.engine.state.tensorInfo.get(dataId)?.[STORAGE];
  }

  /**
   * Disposes as the user's own call would. Gives `false` when the tensor is gone, or its object cannot be had.
   * @param object of the tensor, where it is known. Without it only data outside of JavaScript can be freed, and the
   * object does not know that it was.
   */
  dispose(id: number, object?: TfTensor): boolean {
    const entry = this.ledger.live.get(id);
    if (entry === undefined) return false;
    if (object !== undefined) object.dispose();
    else if (entry.dataId !== null) this.free(entry);
    return !this.ledger.live.has(id);
  }

  private wrap(): void {
    const { engine, ledger } = this;
    const { trackTensor, disposeTensor, makeTensor, moveData, reset } = engine;
    const define = (name: keyof Engine, value: (...args: never[]) => unknown): void => {
      Object.defineProperty(engine, name, { value, writable: true, configurable: true, enumerable: false });
    };
    define('trackTensor', (tensor: TfTensor, backend?: Backend) => {
      trackTensor.call(engine, tensor, backend);
      this.track(tensor);
    });
    define('disposeTensor', (tensor: DisposableData) => {
      const entry = tensor.id === undefined ? undefined : ledger.live.get(tensor.id);
      // It was freed before: the engine would take its storage from the other tensors that share it.
      if (entry === undefined && tensor.id !== undefined) return;
      if (entry !== undefined) {
        ledger.remove(entry);
        this.collected.unregister(tensor);
      }
      disposeTensor.call(engine, tensor);
    });
    define('makeTensor', (...args: unknown[]) => {
      const tensor = makeTensor.apply(engine, args);
      if (tensor.dtype === 'string') this.sizeText(tensor);
      return tensor;
    });
    define('moveData', (backend: Backend, dataId: DataId) => {
      moveData.call(engine, backend, dataId);
      ledger.move(this.storageOf(dataId), this.accountOf(backend));
    });
    define('reset', () => {
      reset.call(engine);
      ledger.clear();
    });
  }

  private track(tensor: TfTensor): void {
    const info = this.engine.state.tensorInfo.get(tensor.dataId);
    if (info === undefined) return;
    const account = this.accountOf(info.backend);
    const entry = this.ledger.add(tensor, info, account, this.cell());
    // The engine refers to its variables: they are disposed, never collected. They are tracked anew at each assignment.
    if (!('trainable' in tensor)) this.collected.register(tensor, entry, tensor);
  }

  private sizeText(tensor: TfTensor): void {
    const entry = this.ledger.live.get(tensor.id);
    const info = this.engine.state.tensorInfo.get(tensor.dataId);
    if (entry !== undefined && info !== undefined) this.ledger.resize(entry, info.bytes);
  }

  private wasCollected(entry: Entry): void {
    if (this.ledger.live.get(entry.id) !== entry) return;
    if (this.freeing || entry.dataId === null) this.free(entry);
    else entry.collected = true;
  }

  private free(entry: Entry): void {
    const { ledger, engine } = this;
    const { id, dtype, shape, storage } = entry;
    const dataId = entry.dataId ?? (storage.views > 1 ? storage.shared?.deref() : undefined);
    ledger.remove(entry);
    const size = shape.reduce((product, length) => product * length, 1);
    if (dataId !== undefined) {
      this.original.disposeTensor.call(engine, { dataId, dtype, size, id });
      return;
    }
    // JavaScript has freed the data with the tensor: what is left is the engine's count.
    const { state } = engine;
    state.numTensors -= 1;
    if (dtype === 'string') state.numStringTensors -= 1;
    if (dtype !== 'complex64') state.numBytes -= entry.bytes;
    if (storage.views === 0) state.numDataBuffers -= 1;
  }
}
