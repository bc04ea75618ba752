/** Which tensors a variable reaches: through properties, elements, entries of Maps and Sets. Closures cannot be seen. */
import { eachPart } from '../memory/parts.js';
import { isProxy, SafeMap, SafeSet } from '../memory/primordials.js';
import { outside } from '../memory/size/outside.js';
import type { GlobalEntry } from '../runtime/context.js';
import type { FoundTensor, TensorProvider } from './provider.js';

/** Objects between two looks at the clock. */
const OBJECTS_A_LOOK = 256;
/** Time that each variable may take at least, ms, whatever the ones before it took. */
const LEAST_SHARE = 1;

/** A tensor with its object. */
export interface Reached extends FoundTensor {
  readonly object: object;
}

/** What one variable reaches. */
export interface VariableReach {
  readonly name: string;
  readonly tensors: readonly Reached[];
  /** The search ended before everything was looked at: there may be more. */
  readonly complete: boolean;
}

/**
 * Looks through variables, imports left out: a library reaches its own registry.
 * @param budget for all of them together, ms.
 */
export function reachOf(
  entries: Iterable<GlobalEntry>,
  providers: readonly TensorProvider[],
  now: () => number,
  budget: number,
): VariableReach[] {
  const roots = [...entries].filter(({ kind, defined }) => defined && kind !== 'import');
  const end = now() + budget;
  return roots.map(({ name, value }, index) => {
    const share = Math.max(LEAST_SHARE, (end - now()) / (roots.length - index));
    return { name, ...search(value, providers, now, now() + share) };
  });
}

function search(
  root: unknown,
  providers: readonly TensorProvider[],
  now: () => number,
  deadline: number,
): Pick<VariableReach, 'tensors' | 'complete'> {
  const tensors: Reached[] = [];
  const seen = new SafeSet<object>();
  const queue: object[] = [];
  const see = (part: unknown): void => {
    if ((typeof part !== 'object' && typeof part !== 'function') || part === null || seen.has(part)) return;
    seen.add(part);
    queue.push(part);
  };
  see(root);
  let inTime = true;
  const goOn = (): boolean => (inTime &&= now() < deadline);
  for (let at = 0; at < queue.length; at++) {
    if (at % OBJECTS_A_LOOK === OBJECTS_A_LOOK - 1 && !goOn()) break;
    const object = queue[at] as object;
    if (isProxy(object) || outside(object) || providers.some((provider) => provider.isRegistry(object))) continue;
    const found = findIn(object, providers);
    if (found === null) eachPart(object, see, goOn);
    else tensors.push({ ...found, object });
    if (!inTime) break;
  }
  return { tensors, complete: inTime };
}

function findIn(object: object, providers: readonly TensorProvider[]): FoundTensor | null {
  for (const provider of providers) {
    const found = provider.find(object);
    if (found !== null) return found;
  }
  return null;
}

/** Bytes of the storages behind tensors, each once. */
export function storageBytes(tensors: Iterable<FoundTensor>): number {
  const bytes = new SafeMap<object, number>();
  for (const tensor of tensors) bytes.set(tensor.storage, tensor.bytes);
  let sum = 0;
  for (const each of bytes.values()) sum += each;
  return sum;
}

/** Tensors that the named variables reach and no other one does. */
export function heldOnlyBy(names: ReadonlySet<string>, reaches: readonly VariableReach[]): Reached[] {
  const others = new SafeSet<number>();
  for (const { name, tensors } of reaches) if (!names.has(name)) for (const { id } of tensors) others.add(id);
  const held = new SafeMap<number, Reached>();
  for (const { name, tensors } of reaches)
    if (names.has(name)) for (const tensor of tensors) if (!others.has(tensor.id)) held.set(tensor.id, tensor);
  return [...held.values()];
}
