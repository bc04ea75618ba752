/**
 * Paths of a heap snapshot in words that a person understands: `Map entry 'k3' → .rows → [17]`.
 *
 * V8's layout of Map and Set tables: v8/src/objects/ordered-hash-table.h (three header slots, the buckets, then entries
 * of key, value, chain for maps and key, chain for sets; two entries a bucket).
 */
import type { HeapStep } from '../ipc/heap.js';
import { edgeLabel, internalTarget, nodeNameOf, nodeTypeName, textOfString, type HeapGraph } from './graph.js';
import type { PathEdge } from './retainers.js';

const FIXED_ARRAY_HEADER = 16;
const SLOT = 8;
const TABLE_HEADER_SLOTS = 3;
const LONGEST_KEY = 40;

/**
 * The steps from the first edge's holder to the last edge's target. Inner parts of V8 that say nothing are left out.
 * @param before the edge that leads to the path's beginning.
 */
export function stepsOf(graph: HeapGraph, path: readonly PathEdge[], before?: PathEdge): HeapStep[] {
  return path.map((edge, index) => stepOf(graph, edge, path[index - 1] ?? before)).filter((step) => step !== null);
}

function stepOf(graph: HeapGraph, { from, edge }: PathEdge, before: PathEdge | undefined): HeapStep | null {
  const kind = graph.types.edge[graph.edgeType[edge] ?? 0] ?? '';
  const label = edgeLabel(graph, edge);
  const owner = nodeNameOf(graph, from);
  if (isTable(graph, from, before)) {
    const holder = nodeNameOf(graph, before?.from ?? 0);
    return typeof label === 'string' && /^\d+$/.test(label) ? tableStep(graph, from, holder, Number(label)) : null;
  }
  switch (kind) {
    case 'element':
      return { kind: 'element', name: `[${label}]` };
    case 'property':
      return propertyStep(String(label), owner);
    case 'context':
      return isOurVariable(graph, before) ? null : { kind: 'closure', name: `variable ${label}` };
    case 'internal':
      return internalStep(graph, String(label), from);
    default:
      return null;
  }
}

function propertyStep(label: string, owner: string): HeapStep | null {
  if (owner === 'Timeout' && label === '_onTimeout') return { kind: 'timer', name: 'its callback' };
  if (label === '__proto__') return { kind: 'prototype', name: 'prototype' };
  const symbol = /^<symbol (.*)>$/.exec(label);
  if (symbol !== null) return { kind: 'property', name: `[Symbol(${symbol[1] ?? ''})]` };
  return {
    kind: 'property',
    name: /^[\p{ID_Start}$_#][\p{ID_Continue}$]*$/u.test(label) ? `.${label}` : `[${quoted(label)}]`,
  };
}

function internalStep(graph: HeapGraph, label: string, from: number): HeapStep | null {
  if (label === 'context' && nodeTypeName(graph, from) === 'closure') {
    const script = scriptOf(graph, from);
    // A function of the engine, of Node or of the kernel is no function that a person wrote.
    return script === null || script.startsWith('node:') || isOurs(script) ? null : functionStep(graph, from);
  }
  if (label === 'reactions_or_result') return { kind: 'internal', name: "promise's value or waiters" };
  if (label === 'bound_this') return { kind: 'closure', name: 'bound this' };
  if (label === 'bound_arguments') return { kind: 'closure', name: 'bound arguments' };
  if (label === 'parameters_and_registers') return waitingStep(graph, from);
  if (label === 'parent' && nodeTypeName(graph, from) === 'sliced string')
    return { kind: 'internal', name: 'text it is a slice of' };
  const pair = / part of key \((.*?) @\d+\) -> value /.exec(label);
  if (pair !== null) return { kind: 'weak', name: `WeakMap value of a key that is alive (${pair[1] ?? 'object'})` };
  return null;
}

/** A generator, or an async function at one of its awaits. */
function waitingStep(graph: HeapGraph, generator: number): HeapStep {
  const closure = internalTarget(graph, generator, 'function');
  const name = closure === null ? '' : nodeNameOf(graph, closure);
  const script = closure === null ? null : scriptOf(graph, closure);
  return {
    kind: 'closure',
    name: `local variables of ${name === '' ? 'a waiting function' : `the waiting function \`${name}\``}`,
    ...(script !== null && { script }),
  };
}

/** Scripts of the kernel itself. */
export const isOurs = (script: string): boolean => /[\\/]dist[\\/](runtime|monitor)\.mjs$/.test(script);

/** Whether a context was entered through a function of the kernel. */
const isOurVariable = (graph: HeapGraph, before: PathEdge | undefined): boolean =>
  before !== undefined && nodeTypeName(graph, before.from) === 'closure' && isOurs(scriptOf(graph, before.from) ?? '');

/** A function; who knows its script says where it was declared. */
export function functionStep(graph: HeapGraph, closure: number): HeapStep {
  const name = nodeNameOf(graph, closure);
  const script = scriptOf(graph, closure);
  return {
    kind: 'closure',
    name: name === '' ? 'a closure' : `closure \`${name}\``,
    ...(script !== null && { script }),
  };
}

const isTable = (graph: HeapGraph, node: number, before: PathEdge | undefined): boolean =>
  before !== undefined && before.to === node && edgeLabel(graph, before.edge) === 'table';

function tableStep(graph: HeapGraph, table: number, holder: string, slot: number): HeapStep | null {
  const isMap = holder !== 'Set';
  const entrySlots = isMap ? 3 : 2;
  const slots = ((graph.selfSize[table] ?? 0) - FIXED_ARRAY_HEADER) / SLOT;
  const buckets = (slots - TABLE_HEADER_SLOTS) / (1 + 2 * entrySlots);
  const first = TABLE_HEADER_SLOTS + buckets;
  const place = slot - first;
  if (place < 0 || !Number.isInteger(buckets)) return null;
  if (!isMap) return { kind: 'setMember', name: 'Set member' };
  const part = place % entrySlots;
  if (part === 0) return { kind: 'mapKey', name: 'Map key' };
  const key = slotTarget(graph, table, slot - 1);
  return { kind: 'mapValue', name: key === null ? 'Map entry -> value' : `Map entry ${key} -> value` };
}

/** What stands in a slot of a table, as text; `null` for small integers, which a snapshot leaves out. */
function slotTarget(graph: HeapGraph, table: number, slot: number): string | null {
  const end = graph.firstEdge[table + 1] ?? 0;
  for (let edge = graph.firstEdge[table] ?? 0; edge < end; edge++) {
    if (edgeLabel(graph, edge) !== String(slot)) continue;
    const node = graph.edgeTo[edge] ?? 0;
    const isText = nodeTypeName(graph, node).includes('string');
    return isText ? quoted(textOfString(graph, node)) : `of a ${nodeNameOf(graph, node)} key`;
  }
  return null;
}

/** The name of the script that declared a function; `null` when V8 has thrown it away or it has none. */
export function scriptOf(graph: HeapGraph, closure: number): string | null {
  const shared = internalTarget(graph, closure, 'shared');
  // V8 renamed the field between the versions in Node 20 and 24.
  const script =
    shared === null
      ? null
      : (internalTarget(graph, shared, 'script') ?? internalTarget(graph, shared, 'script_or_debug_info'));
  if (script === null) return null;
  const name = internalTarget(graph, script, 'name');
  const text = name === null ? '' : textOfString(graph, name);
  return text === '' ? null : text;
}

function quoted(text: string): string {
  const short = text.length > LONGEST_KEY ? `${text.slice(0, LONGEST_KEY)}…` : text;
  return `'${short.replace(/[\u0000-\u001f\u007f]/g, '?')}'`;
}
