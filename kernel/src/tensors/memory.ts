/** The runtime's memory with its tensors: lists, samples and frees that know of them. */
import { formatBytes, type FreeRecord, type Note, type VariableRecord, type VariablesRecord } from '@heapmark/protocol';
import type { Memory } from '../memory/index.js';
import { storageBytes, type VariableReach } from './reach.js';
import type { HeldTensors, Tensors } from './tensors.js';

/** Adds tensors to what memory tells. */
export function withTensors(memory: Memory, tensors: Tensors): Memory {
  return {
    ...memory,
    variables: (options) => listed(memory.variables(options), tensors),
    sample: () => ({ ...memory.sample(), tensors: tensors.allocated }),
    watchTensors: () => tensors.watchPeak(),
    async free(names, options = {}) {
      if (!tensors.attached) return memory.free(names, options);
      const before = tensors.allocated;
      const held = hold(names, tensors, options.dispose === true);
      const record = await memory.free(names, options);
      return freed(record, held, before, tensors);
    },
  };
}

function listed(record: VariablesRecord, tensors: Tensors): VariablesRecord {
  if (!tensors.attached) return record;
  const reaches = new Map(tensors.reach().map((reach) => [reach.name, reach]));
  const sharers = sharersOf([...reaches.values()]);
  return {
    ...record,
    variables: record.variables.map((variable) => {
      const reach = reaches.get(variable.name);
      return reach === undefined ? { ...variable, tensorBytes: 0 } : described(variable, reach, sharers);
    }),
  };
}

/** Names by storage. */
function sharersOf(reaches: readonly VariableReach[]): Map<object, Set<string>> {
  const sharers = new Map<object, Set<string>>();
  for (const { name, tensors } of reaches)
    for (const { storage } of tensors) {
      const names = sharers.get(storage);
      if (names === undefined) sharers.set(storage, new Set([name]));
      else names.add(name);
    }
  return sharers;
}

function described(
  variable: VariableRecord,
  { tensors, complete }: VariableReach,
  sharers: ReadonlyMap<object, ReadonlySet<string>>,
): VariableRecord {
  const bytes = storageBytes(tensors);
  const notes: Note[] = [];
  if (!complete)
    notes.push({
      kind: 'tensor',
      text: 'the search for tensors ended before all of it was looked at: there may be more',
    });
  const shared = tensors.filter(({ storage }) => (sharers.get(storage)?.size ?? 0) > 1);
  const others = new Set(shared.flatMap(({ storage }) => [...(sharers.get(storage) ?? [])]));
  others.delete(variable.name);
  if (others.size > 0) {
    const sharedBytes = storageBytes(shared);
    const text = `shares ${formatBytes(sharedBytes)} of tensors with ${[...others].slice(0, 3).join(', ')}`;
    notes.push({ kind: 'tensor', text, bytes: sharedBytes });
  }
  // Nothing found by a search that ended early is not known, rather than none.
  const known = complete || bytes > 0 ? bytes : null;
  return { ...variable, tensorBytes: known, notes: [...variable.notes, ...notes] };
}

/** What is remembered of tensors while their variables go: nothing that would keep one alive. */
interface Held {
  readonly ids: readonly number[];
  readonly sharedBytes: number;
  readonly disposed: number;
  readonly refused: string | null;
}

function hold(names: readonly string[], tensors: Tensors, dispose: boolean): Held {
  const held = tensors.heldBy(names);
  const ids = held.only.map(({ id }) => id);
  const { sharedBytes } = held;
  if (!dispose) return { ids, sharedBytes, disposed: 0, refused: null };
  if (!held.certain) return { ids, sharedBytes, disposed: 0, refused: UNCERTAIN };
  return { ids, sharedBytes, disposed: disposeAll(held, ids, tensors), refused: null };
}

function disposeAll(held: HeldTensors, ids: readonly number[], tensors: Tensors): number {
  return tensors.dispose(ids, new Map(held.only.map(({ id, object }) => [id, object]))).disposed.length;
}

const UNCERTAIN =
  'nothing was disposed: the search through the other variables ended early, so that it is not certain who else holds them';

function freed(record: FreeRecord, held: Held, before: number | null, tensors: Tensors): FreeRecord {
  const after = tensors.allocated;
  const { ids, sharedBytes, disposed, refused } = held;
  const { count, bytes } = tensors.alive(ids);
  return {
    ...record,
    bytesReturned: {
      ...record.bytesReturned,
      tensors: before === null || after === null ? null : before - after,
    },
    tensors: {
      disposed,
      kept: count,
      keptBytes: bytes,
      sharedBytes,
      reason: count === 0 ? null : (refused ?? WHY_KEPT),
    },
  };
}

const WHY_KEPT =
  'the library itself or a closure refers to them, as TensorFlow.js does to the weights of models: --dispose would give them back, and `%tensors --dispose` still can';
