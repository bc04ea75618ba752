/**
 * One level of a value for the explorer. A path is the variable's name and then one token a level: `.name` a property,
 * `@2` the property that stands third (symbols), `[3]` an element, `#3` the fourth entry of a Map or member of a Set.
 */
import { ErrorCode, ProtocolError, type ChildRecord, type ExpandRecord } from '@heapmark/protocol';
import type { Probes } from '../probes.js';
import {
  getOwnPropertyDescriptor,
  hasOwn,
  isProxy,
  mapGet,
  mapKeys,
  mapKeysNext,
  mapSize,
  ownKeys,
  setSize,
  setValues,
  setValuesNext,
  symbolDescription,
  typedArrayLength,
} from '../primordials.js';
import { figureOf, type Reach } from '../size/account.js';
import { isFormattedStack, kindOf } from '../size/kinds.js';
import { measure } from '../size/measure.js';
import { previewOf } from './preview.js';
import { printable } from './text.js';
import { shapeOf, typeOf } from './type.js';

const BUDGET = 25;
const DEFAULT_CHILDREN = 100;
const MOST_CHILDREN = 1_000;

interface Child {
  readonly key: string;
  readonly token: string;
  readonly value: unknown;
  /** Instead of a value: a getter that is not run, a hole. */
  readonly missing?: string;
}

interface Level {
  readonly total: number;
  children(from: number, to: number): Child[];
}

/** Children `from` to before `from + limit` of the value at `path`. */
export function expandValue(
  root: unknown,
  path: readonly string[],
  probes: Probes,
  from = 0,
  limit = DEFAULT_CHILDREN,
): ExpandRecord {
  let value = root;
  for (let i = 1; i < path.length; i++) value = step(value, path[i] as string, path);
  const level = levelOf(value);
  const first = Math.max(0, Math.min(from, level.total));
  const found = level.children(first, Math.min(level.total, first + Math.min(limit, MOST_CHILDREN)));
  const values: unknown[] = [];
  for (let i = 0; i < found.length; i++) values[i] = (found[i] as Child).value;
  const { account } = measure(values, probes, BUDGET);
  const memory = probes.memory();
  const children: ChildRecord[] = [];
  for (let i = 0; i < found.length; i++) {
    const { key, token, value: child, missing } = found[i] as Child;
    const figure = figureOf(account.reaches[i] as Reach, memory.heapUsed + memory.external);
    children[i] = {
      key,
      path: [...path, token],
      type: missing ?? typeOf(child),
      shape: missing === undefined ? shapeOf(child) : null,
      bytes: missing === undefined ? figure.bytes : null,
      precision: missing === undefined ? figure.precision : 'unavailable',
      preview: missing === undefined ? previewOf(child) : '',
      expandable: missing === undefined && levelOf(child).total > 0,
      notes: [],
    };
  }
  return { children, total: level.total, from: first };
}

const usage = (path: readonly string[]): ProtocolError =>
  new ProtocolError(
    ErrorCode.usage,
    `There is nothing at ${path.join(' ')}: the value has changed. List the variables again.`,
  );

function step(value: unknown, token: string, path: readonly string[]): unknown {
  const mark = token[0];
  if (mark === '#') {
    const position = Number(token.slice(1));
    const found = Number.isInteger(position) ? levelOf(value).children(position, position + 1)[0] : undefined;
    if (found === undefined) throw usage(path);
    return found.value;
  }
  if (typeof value !== 'object' && typeof value !== 'function') throw usage(path);
  if (value === null || isProxy(value)) throw usage(path);
  const key: PropertyKey | undefined =
    mark === '.'
      ? token.slice(1)
      : mark === '['
        ? token.slice(1, -1)
        : mark === '@'
          ? ownKeys(value)[Number(token.slice(1))]
          : undefined;
  const readable = key !== undefined && !isFormattedStack(value, key);
  const descriptor = readable ? getOwnPropertyDescriptor(value, key) : undefined;
  if (descriptor === undefined || !hasOwn(descriptor, 'value')) throw usage(path);
  return descriptor.value;
}

const NOTHING: Level = { total: 0, children: () => [] };

function levelOf(value: unknown): Level {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return NOTHING;
  switch (kindOf(value)) {
    case 'proxy':
      return NOTHING;
    case 'array':
      return elements(value, (value as unknown[]).length);
    case 'typedArray':
      return elements(value, typedArrayLength(value));
    case 'map':
      return entries(value, mapSize(value), true);
    case 'set':
      return entries(value, setSize(value), false);
    default:
      return properties(value);
  }
}

const childOf = (holder: object, key: PropertyKey, label: string, token: string): Child => {
  if (isFormattedStack(holder, key)) return { key: label, token, value: undefined, missing: 'getter' };
  const descriptor = getOwnPropertyDescriptor(holder, key);
  if (descriptor === undefined) return { key: label, token, value: undefined, missing: 'empty' };
  if (!hasOwn(descriptor, 'value')) return { key: label, token, value: undefined, missing: 'getter' };
  return { key: label, token, value: descriptor.value };
};

function elements(value: object, total: number): Level {
  return {
    total,
    children(from, to) {
      const found: Child[] = [];
      for (let i = from; i < to; i++) found[i - from] = childOf(value, i, `[${i}]`, `[${i}]`);
      return found;
    },
  };
}

function properties(value: object): Level {
  const keys = ownKeys(value);
  return {
    total: keys.length,
    children(from, to) {
      const found: Child[] = [];
      for (let i = from; i < to; i++) {
        const key = keys[i] as PropertyKey;
        const named =
          typeof key === 'symbol'
            ? `[Symbol(${printable(symbolDescription(key) ?? '', 40)})]`
            : printable(key as string, 80);
        found[i - from] = guarded(value, key, named, typeof key === 'symbol' ? `@${i}` : `.${key as string}`);
      }
      return found;
    },
  };
}

/** A module's export that is not initialised yet throws when it is asked for. */
function guarded(value: object, key: PropertyKey, label: string, token: string): Child {
  try {
    return childOf(value, key, label, token);
  } catch {
    return { key: label, token, value: undefined, missing: 'not initialised' };
  }
}

function entries(value: object, total: number, pairs: boolean): Level {
  return {
    total,
    children(from, to) {
      const iterator = pairs ? mapKeys(value) : setValues(value);
      const found: Child[] = [];
      for (let i = 0; i < to; i++) {
        const next = pairs ? mapKeysNext(iterator) : setValuesNext(iterator);
        if (next.done) break;
        if (i < from) continue;
        const key = pairs ? `${previewOf(next.value)} =>` : `#${i}`;
        found[found.length] = { key, token: `#${i}`, value: pairs ? mapGet(value, next.value) : next.value };
      }
      return found;
    },
  };
}
