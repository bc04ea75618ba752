/** The account of TensorFlow.js's live tensors: by tensor, by storage, by backend. Kept at each creation and disposal. */
import type { CellTag } from '../../ipc/messages.js';
import type { DataId, DataInfo, TfTensor } from './engine.js';

/** Bytes an element takes by TensorFlow.js's own table; complex numbers are two floats. Texts are counted one by one. */
const ELEMENT_BYTES: Record<string, number | undefined> = { float32: 4, int32: 4, bool: 1, complex64: 8 };

/** Where the storage of data is found: on the engine's own note of it, since one more table of them all costs more. */
export const STORAGE = Symbol('heapmark storage');

/** What one backend holds. */
export interface Account {
  readonly name: string;
  /** Its data is not JavaScript's own: no collection frees it. */
  readonly outside: boolean;
  /** Each storage once. */
  allocated: number;
  peak: number;
  /** Each tensor for itself, as `tf.memory().numBytes` counts: without complex numbers. */
  viewBytes: number;
  liveCount: number;
}

/** Data that one or more tensors show. */
export interface Storage {
  bytes: number;
  views: number;
  account: Account;
  /** Only when several tensors share it: a weak reference keeps its target until the running job ends. */
  shared: WeakRef<DataId> | null;
}

/**
 * A tensor that was made and not disposed. It must not reach the tensor, nor on the cpu its data; a weak reference to each
 * tensor would cost more than all the rest.
 */
export interface Entry {
  readonly id: number;
  readonly shape: readonly number[];
  readonly dtype: string;
  bytes: number;
  readonly storage: Storage;
  readonly cell: CellTag | null;
  /** Identity of the data where the backend keeps it outside of JavaScript; `null` on the cpu, where this would pin it. */
  readonly dataId: DataId | null;
  /** The object was collected while collected tensors were to be left alone. */
  collected: boolean;
}

export class Ledger {
  readonly live = new Map<number, Entry>();
  readonly accounts = new Map<string, Account>();
  private total = 0;
  /** Highest {@link allocated} since somebody set it. */
  markedPeak = 0;

  /** @param gauge always shows {@link allocated}. */
  constructor(private readonly gauge: Float64Array) {}

  /** Bytes of all live tensors, each storage once. */
  get allocated(): number {
    return this.total;
  }

  account(name: string): Account {
    let account = this.accounts.get(name);
    if (account === undefined) {
      account = { name, outside: name !== 'cpu', allocated: 0, peak: 0, viewBytes: 0, liveCount: 0 };
      this.accounts.set(name, account);
    }
    return account;
  }

  /** Enters a tensor. */
  add(tensor: TfTensor, info: DataInfo, account: Account, cell: CellTag | null): Entry {
    const { id, dtype, dataId } = tensor;
    const bytes = tensor.size * (ELEMENT_BYTES[dtype] ?? 0);
    let storage = info[STORAGE];
    if (storage === undefined) {
      storage = { bytes, views: 1, account, shared: null };
      info[STORAGE] = storage;
      this.grow(account, bytes);
    } else {
      storage.views += 1;
      storage.shared ??= new WeakRef(dataId);
    }
    const entry: Entry = {
      id,
      shape: tensor.shape,
      dtype,
      bytes,
      storage,
      cell,
      dataId: account.outside ? dataId : null,
      collected: false,
    };
    const holder = storage.account;
    holder.liveCount += 1;
    if (dtype !== 'complex64') holder.viewBytes += bytes;
    this.live.set(id, entry);
    return entry;
  }

  /** Texts get their size after they were entered. */
  resize(entry: Entry, bytes: number): void {
    const { storage } = entry;
    const { account } = storage;
    account.viewBytes += bytes - entry.bytes;
    entry.bytes = bytes;
    this.grow(account, bytes - storage.bytes);
    storage.bytes = bytes;
  }

  /** Takes a tensor out. */
  remove(entry: Entry): void {
    const { storage } = entry;
    const { account } = storage;
    this.live.delete(entry.id);
    account.liveCount -= 1;
    if (entry.dtype !== 'complex64') account.viewBytes -= entry.bytes;
    storage.views -= 1;
    if (storage.views > 0) return;
    account.allocated -= storage.bytes;
    this.shrink(storage.bytes);
  }

  /** Data went to another backend with all tensors that show it. */
  move(storage: Storage | undefined, to: Account): void {
    if (storage === undefined || storage.account === to) return;
    const from = storage.account;
    for (const entry of this.live.values()) {
      if (entry.storage !== storage) continue;
      const bytes = entry.dtype === 'complex64' ? 0 : entry.bytes;
      from.liveCount -= 1;
      from.viewBytes -= bytes;
      to.liveCount += 1;
      to.viewBytes += bytes;
    }
    from.allocated -= storage.bytes;
    this.shrink(storage.bytes);
    storage.account = to;
    this.grow(to, storage.bytes);
  }

  /** The engine was reset: all tensors are gone. */
  clear(): void {
    this.live.clear();
    this.shrink(this.total);
    this.accounts.clear();
  }

  private grow(account: Account, bytes: number): void {
    account.allocated += bytes;
    if (account.allocated > account.peak) account.peak = account.allocated;
    this.total += bytes;
    if (this.total > this.markedPeak) this.markedPeak = this.total;
    this.gauge[0] = this.total;
  }

  private shrink(bytes: number): void {
    this.total -= bytes;
    this.gauge[0] = this.total;
  }
}
