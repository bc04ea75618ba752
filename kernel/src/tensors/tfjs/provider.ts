/** TensorFlow.js: cpu, wasm, webgpu and, where it is installed, Node's native backend. */
import type { TensorStats } from '@heapmark/protocol';
import type { EmptiedBackend, FoundTensor, LiveTensor, Surroundings, TensorProvider } from '../provider.js';
import { isEngine, type Backend, type Engine, type TfTensor } from './engine.js';
import { Hooks } from './hooks.js';
import { Ledger, type Account, type Entry } from './ledger.js';
import { rebuildBackend } from './rebuild.js';
import { destroyFree, reservedBy, sendWork, waitForDevice } from './reserved.js';

export const TFJS = 'tfjs';
/** Where the engine stands, whichever copy of the library made it. */
const GLOBAL = '_tfengine';

/** Makes the engine's place a name that was there before any variable. */
export const reserveEngine = (scope: object): void =>
  void Object.defineProperty(scope, GLOBAL, {
    value: undefined,
    writable: true,
    configurable: true,
    enumerable: false,
  });

export class TfjsProvider implements TensorProvider {
  readonly name = TFJS;
  private hooks: Hooks | null = null;
  private freeing = true;
  private readonly peakReserved = new Map<string, number>();

  /** @param gauge shows the bytes of live tensors to who watches the process from outside. */
  constructor(
    private readonly surroundings: Surroundings,
    private readonly gauge: Float64Array = new Float64Array(1),
    /** Told of the engine: it belongs to the library, not to a variable that reaches it. */
    private readonly isNobodys: (engine: object) => void = () => undefined,
  ) {}

  /** Waits for the library: what it puts on `globalThis` is seen as it comes. */
  listen(scope: object = globalThis): void {
    Object.defineProperty(scope, GLOBAL, {
      configurable: true,
      enumerable: false,
      get: () => undefined,
      set: (value: unknown) => {
        // No enumerable property: it is none of the notebook's variables.
        Object.defineProperty(scope, GLOBAL, { value, writable: true, configurable: true, enumerable: false });
        if (isEngine(value)) this.attach(value);
      },
    });
  }

  attach(engine: Engine): void {
    this.gauge[0] = 0;
    this.isNobodys(engine);
    this.hooks = new Hooks(
      engine,
      new Ledger(this.gauge),
      () => this.surroundings.cell(),
      (name, backend) => this.watchPool(name, backend),
    );
    this.hooks.freesCollected = this.freeing;
  }

  get attached(): boolean {
    return this.hooks !== null;
  }

  /** Whether tensors whose last reference was collected are freed. */
  get freesCollected(): boolean {
    return this.freeing;
  }

  set freesCollected(on: boolean) {
    this.freeing = on;
    if (this.hooks !== null) this.hooks.freesCollected = on;
  }

  get allocated(): number {
    return this.hooks?.ledger.allocated ?? 0;
  }

  get liveCount(): number {
    return this.hooks?.ledger.live.size ?? 0;
  }

  get markedPeak(): number {
    return this.hooks?.ledger.markedPeak ?? 0;
  }

  set markedPeak(bytes: number) {
    if (this.hooks !== null) this.hooks.ledger.markedPeak = bytes;
  }

  stats(): TensorStats[] {
    const { hooks } = this;
    if (hooks === null) return [];
    const { engine, ledger } = hooks;
    const stats: TensorStats[] = [];
    for (const [name, backend] of Object.entries(engine.registry)) {
      const account = hooks.accountOf(backend);
      stats.push(this.statsOf(account, backend, engine.backendName === name));
    }
    // A backend that was removed with tensors on it.
    for (const account of ledger.accounts.values())
      if (account.liveCount > 0 && !(account.name in engine.registry)) stats.push(this.statsOf(account, {}, false));
    return stats;
  }

  *tensors(): Iterable<LiveTensor> {
    for (const entry of this.hooks?.ledger.live.values() ?? []) yield live(entry);
  }

  find(value: object): FoundTensor | null {
    if (this.hooks === null) return null;
    const id = ownValue(value, 'id');
    const dataId = ownValue(value, 'dataId');
    if (typeof id !== 'number' || typeof dataId !== 'object' || dataId === null) return null;
    const entry = this.hooks.ledger.live.get(id);
    if (entry === undefined || this.hooks.storageOf(dataId) !== entry.storage) return null;
    return { id, storage: entry.storage, bytes: entry.storage.bytes };
  }

  isRegistry(value: object): boolean {
    return value === this.hooks?.engine;
  }

  dispose(ids: readonly number[], objects: ReadonlyMap<number, object>): number[] {
    const { hooks } = this;
    if (hooks === null) return [];
    return ids.filter((id) => hooks.dispose(id, objects.get(id) as TfTensor | undefined));
  }

  resetPeak(which: 'allocated' | 'reserved' | 'both'): void {
    if (this.hooks === null) return;
    if (which !== 'reserved')
      for (const account of this.hooks.ledger.accounts.values()) account.peak = account.allocated;
    if (which !== 'allocated') this.peakReserved.clear();
  }

  async emptyCache(rebuild: boolean): Promise<EmptiedBackend[]> {
    const { hooks } = this;
    if (hooks === null) return [];
    const emptied: EmptiedBackend[] = [];
    for (const [name, backend] of Object.entries(hooks.engine.registry)) {
      const reservedOf = (which: Backend): number | null =>
        reservedBy(name, which, hooks.accountOf(which).allocated).bytes;
      if (backend.bufferManager !== undefined) {
        sendWork(backend);
        const reservedBefore = reservedOf(backend);
        destroyFree(backend.bufferManager, backend.textureManager);
        await waitForDevice(backend);
        emptied.push({
          provider: TFJS,
          backend: name,
          reservedBefore,
          reservedAfter: reservedOf(backend),
          reason: null,
        });
      } else if (backend.wasm !== undefined && backend.wasm !== null) {
        const reservedBefore = reservedOf(backend);
        const reason = rebuild
          ? await rebuildBackend(hooks.engine, name, this.dataOn(hooks.accountOf(backend)))
          : 'the memory of wasm never shrinks: `%empty_cache --all` makes the backend anew around its live tensors';
        const renewed = hooks.engine.registry[name];
        emptied.push({
          provider: TFJS,
          backend: name,
          reservedBefore,
          reservedAfter: renewed === undefined ? null : reservedOf(renewed),
          reason,
        });
      } else {
        const { bytes, reason } = reservedBy(name, backend, hooks.accountOf(backend).allocated);
        const why = name === 'cpu' ? 'it keeps no pool' : reason;
        emptied.push({ provider: TFJS, backend: name, reservedBefore: bytes, reservedAfter: bytes, reason: why });
      }
    }
    return emptied;
  }

  private dataOn(account: Account): object[] {
    const data = new Set<object>();
    for (const entry of this.hooks?.ledger.live.values() ?? [])
      if (entry.storage.account === account && entry.dataId !== null) data.add(entry.dataId);
    return [...data];
  }

  private statsOf(account: Account, backend: Backend, active: boolean): TensorStats {
    const { name, allocated, peak, liveCount, viewBytes } = account;
    const { bytes: reserved, free, reason } = reservedBy(name, backend, allocated);
    const highest = reserved === null ? null : Math.max(reserved, this.peakReserved.get(name) ?? 0);
    if (highest !== null) this.peakReserved.set(name, highest);
    return {
      provider: TFJS,
      backend: name,
      active,
      allocated,
      viewBytes,
      peak,
      reserved,
      peakReserved: highest,
      cachedFree: free,
      liveCount,
      precision: 'exact',
      reason,
    };
  }

  /** The pool's highest is seen where it grows: at its acquisitions. */
  private watchPool(name: string, { bufferManager, textureManager }: Backend): void {
    if (bufferManager === undefined) return;
    const acquire = bufferManager.acquireBuffer;
    bufferManager.acquireBuffer = (...args) => {
      const buffer = acquire.apply(bufferManager, args);
      const held = bufferManager.numBytesAllocated + (textureManager?.numBytesAllocated ?? 0);
      if (held > (this.peakReserved.get(name) ?? 0)) this.peakReserved.set(name, held);
      return buffer;
    };
  }
}

function live(entry: Entry): LiveTensor {
  const { id, shape, dtype, bytes, storage, cell } = entry;
  return { id, provider: TFJS, backend: storage.account.name, shape, dtype, bytes, cell };
}

/** A data property's value, without running a getter. */
const ownValue = (value: object, key: string): unknown =>
  Reflect.getOwnPropertyDescriptor(value, key)?.value as unknown;
