/** The first characters of a value. No getter, no trap, no `toString`, no `inspect` of the user's is called. */
import {
  arrayBufferByteLength,
  bigintToString,
  booleanValue,
  dateToISO,
  dateValue,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  hasOwn,
  isBooleanObject,
  isNumberObject,
  isProxy,
  isSharedArrayBuffer,
  isStringObject,
  mapGet,
  mapKeys,
  mapKeysNext,
  mapSize,
  numberValue,
  objectPrototype,
  ownKeys,
  regExpFlags,
  regExpSource,
  setSize,
  setValues,
  setValuesNext,
  stringSlice,
  sharedByteLength,
  stringValue,
  symbolDescription,
  typedArrayLength,
  dataViewByteLength,
} from '../primordials.js';
import { constructorName, kindOf, type Kind } from '../size/kinds.js';
import { typeOf } from './type.js';
import { printable, quote } from './text.js';

/** Longest preview, characters. */
export const PREVIEW_LENGTH = 120;
const TEXT_LENGTH = 80;
const INNER_TEXT = 24;
const MEMBERS = 5;
const INNER_MEMBERS = 3;
/** Objects whose names would take long to list show their type alone. */
const MOST_KEYS = 2_000;

/** At most {@link PREVIEW_LENGTH} characters. */
export function previewOf(value: unknown, known?: Kind): string {
  const text = known === undefined ? show(value, 0) : showObject(value as object, 0, known);
  return text.length > PREVIEW_LENGTH ? `${stringSlice(text, 0, PREVIEW_LENGTH - 1)}…` : text;
}

function show(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return quote(value, depth === 0 ? TEXT_LENGTH : INNER_TEXT);
    case 'number':
      return value === 0 && 1 / value < 0 ? '-0' : `${value}`;
    case 'bigint':
      return bigintText(value);
    case 'boolean':
    case 'undefined':
      return `${value}`;
    case 'symbol':
      return `Symbol(${printable(symbolDescription(value) ?? '', INNER_TEXT)})`;
    default:
      return value === null ? 'null' : showObject(value as object, depth);
  }
}

/** Digits of a huge number would take longer than anybody reads. */
function bigintText(value: bigint): string {
  const near = value < 10n ** 40n && value > -(10n ** 40n);
  return near
    ? `${bigintToString(value, 10)}n`
    : `about ${value < 0n ? '-' : ''}16^${bigintToString(value, 16).length}n`;
}

function showObject(value: object, depth: number, kind = kindOf(value)): string {
  switch (kind) {
    case 'proxy':
      return '[proxy]';
    case 'function':
      return `[${typeOf(value)} ${functionName(value)}]`;
    case 'array':
      return depth > 1
        ? `[${(value as unknown[]).length} elements]`
        : listOf(value as unknown[], (value as unknown[]).length, depth, '');
    case 'typedArray':
      return depth > 1 ? typeOf(value) : listOf(value as unknown as unknown[], typedArrayLength(value), depth, '');
    case 'map':
    case 'set':
      return depth > 1 ? typeOf(value) : collection(value, kind, depth);
    case 'date':
      return dateText(value);
    case 'regexp':
      return printable(`/${regExpSource(value)}/${regExpFlags(value as RegExp)}`, TEXT_LENGTH);
    case 'error':
      return errorText(value);
    case 'boxed':
      return boxedText(value);
    case 'buffer':
      return `${isSharedArrayBuffer(value) ? sharedByteLength(value) : arrayBufferByteLength(value)} bytes`;
    case 'dataView':
      return `view of ${dataViewByteLength(value)} bytes`;
    case 'plain':
    case 'arguments':
      return depth > 1 ? '{…}' : properties(value, depth);
    default:
      return `[${typeOf(value)}]`;
  }
}

function functionName(value: object): string {
  const name: unknown = getOwnPropertyDescriptor(value, 'name')?.value;
  return typeof name === 'string' && name !== '' ? printable(name, TEXT_LENGTH) : '(anonymous)';
}

function listOf(value: unknown[], length: number, depth: number, prefix: string): string {
  const most = depth === 0 ? MEMBERS : INNER_MEMBERS;
  let text = '';
  for (let i = 0; i < length && i < most; i++) {
    if (i > 0) text += ', ';
    text += member(value, i, depth);
  }
  if (length > most) text += `, … ${length - most} more`;
  return `${prefix}[${text}]`;
}

function member(holder: object, key: PropertyKey, depth: number): string {
  const descriptor = getOwnPropertyDescriptor(holder, key);
  if (descriptor === undefined) return '(empty)';
  return hasOwn(descriptor, 'value') ? show(descriptor.value, depth + 1) : '[getter]';
}

function collection(value: object, kind: 'map' | 'set', depth: number): string {
  const size = kind === 'map' ? mapSize(value) : setSize(value);
  const most = depth === 0 ? INNER_MEMBERS : 2;
  const iterator = kind === 'map' ? mapKeys(value) : setValues(value);
  let text = '';
  for (let i = 0; i < size && i < most; i++) {
    const step = kind === 'map' ? mapKeysNext(iterator) : setValuesNext(iterator);
    if (step.done) break;
    if (i > 0) text += ', ';
    text += show(step.value, depth + 1);
    if (kind === 'map') text += ` => ${show(mapGet(value, step.value), depth + 1)}`;
  }
  if (size > most) text += `, … ${size - most} more`;
  return `{${text}}`;
}

function dateText(value: object): string {
  return Number.isNaN(dateValue(value)) ? 'Invalid Date' : dateToISO(value);
}

function errorText(value: object): string {
  const message: unknown = getOwnPropertyDescriptor(value, 'message')?.value;
  return `${typeOf(value)}${typeof message === 'string' && message !== '' ? `: ${printable(message, TEXT_LENGTH)}` : ''}`;
}

function boxedText(value: object): string {
  if (isStringObject(value)) return quote(stringValue(value), TEXT_LENGTH);
  if (isNumberObject(value)) return `${numberValue(value)}`;
  if (isBooleanObject(value)) return `${booleanValue(value)}`;
  return `[${typeOf(value)}]`;
}

function properties(value: object, depth: number): string {
  const prototype: unknown = getPrototypeOf(value);
  const name = prototype === objectPrototype || isProxy(prototype) ? null : constructorName(value);
  const prefix = name === null || name === 'Object' ? '' : `${printable(name, INNER_TEXT)} `;
  const keys = ownKeys(value);
  if (keys.length > MOST_KEYS) return `${prefix}{${keys.length} keys}`;
  const most = depth === 0 ? MEMBERS : INNER_MEMBERS;
  let text = '';
  for (let i = 0; i < keys.length && i < most; i++) {
    const key = keys[i] as PropertyKey;
    if (i > 0) text += ', ';
    text += `${typeof key === 'symbol' ? `[${show(key, 1)}]` : printable(key as string, INNER_TEXT)}: ${member(value, key, depth)}`;
  }
  if (keys.length > most) text += `, … ${keys.length - most} more`;
  return `${prefix}{${text === '' ? '' : ` ${text} `}}`;
}
