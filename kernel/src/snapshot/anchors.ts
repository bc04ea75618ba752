/** What a path from V8's roots hangs on, as a person knows it: a timer, a listener, a module, a function. */
import type { HeapStep } from '../ipc/heap.js';
import { edgeLabel, nodeNameOf, nodeTypeName, textOfString, type HeapGraph } from './graph.js';
import type { PathEdge } from './retainers.js';
import { functionStep, isOurs, scriptOf } from './words.js';

/** Where a path begins for a person, and the rest of it. */
export interface Anchored {
  root: HeapStep;
  rest: readonly PathEdge[];
}

/** The first thing on a path from V8's roots that a person knows. */
export function anchorOf(graph: HeapGraph, path: readonly PathEdge[]): Anchored {
  for (let index = 0; index < path.length; index++) {
    const found = anchorAt(graph, path, index);
    if (found !== null) return found;
  }
  return { root: { kind: 'internal', name: rootName(graph, path) }, rest: [] };
}

/** Whether something on a path from V8's roots is known to a person. */
export const isAnchored = (graph: HeapGraph, path: readonly PathEdge[]): boolean =>
  path.some((_step, index) => anchorAt(graph, path, index) !== null);

/** Node's objects behind `setTimeout`, `setInterval` and `setImmediate`. */
export const isTimer = (graph: HeapGraph, node: number): boolean =>
  nodeTypeName(graph, node) === 'object' && ['Timeout', 'Immediate'].includes(nodeNameOf(graph, node));

function anchorAt(graph: HeapGraph, path: readonly PathEdge[], index: number): Anchored | null {
  const step = path[index];
  if (step === undefined) return null;
  const holder = nodeNameOf(graph, step.from);
  const label = edgeLabel(graph, step.edge);
  const rest = path.slice(index + 1);
  if (holder === 'Timeout') {
    const inside = label === '_onTimeout' || label === '_timerArgs' ? rest : path.slice(index);
    return { root: { kind: 'timer', name: 'a pending timer' }, rest: inside };
  }
  if (holder === 'Immediate') return { root: { kind: 'timer', name: 'a pending setImmediate' }, rest };
  if (label === '_events') {
    const event = rest[0];
    const name = event === undefined ? 'an event' : `'${String(edgeLabel(graph, event.edge))}'`;
    return { root: { kind: 'listener', name: `a listener of ${holder} for ${name}` }, rest: rest.slice(1) };
  }
  if (holder === 'Module' && label === 'exports') {
    return { root: { kind: 'internal', name: `the module ${moduleName(graph, step.from)}` }, rest };
  }
  if (nodeTypeName(graph, step.from) === 'closure') {
    const script = scriptOf(graph, step.from);
    if (script !== null && !script.startsWith('node:') && !isOurs(script)) {
      const inside = label === 'context' ? rest : path.slice(index);
      return { root: functionStep(graph, step.from), rest: inside };
    }
  }
  return null;
}

function moduleName(graph: HeapGraph, module: number): string {
  const end = graph.firstEdge[module + 1] ?? 0;
  for (let edge = graph.firstEdge[module] ?? 0; edge < end; edge++) {
    if (edgeLabel(graph, edge) !== 'filename') continue;
    return (
      textOfString(graph, graph.edgeTo[edge] ?? 0)
        .split(/[\\/]/)
        .at(-1) ?? ''
    );
  }
  return '';
}

/** V8's names of its roots, in words. */
const ROOTS: Readonly<Record<string, string>> = {
  '(Stack roots)': 'a variable of code that is running',
  '(Handle scopes)': 'native code that is running',
  '(Global handles)': 'native code, by a handle',
  '(Strong roots)': 'V8 itself',
  '(Strong root list)': 'V8 itself',
  '(Internalized strings)': "V8's table of texts",
};

/** Where nothing on the path is known to a person: V8's root, else what stands nearest to the value. */
function rootName(graph: HeapGraph, path: readonly PathEdge[]): string {
  for (const { to } of path) {
    const words = ROOTS[nodeNameOf(graph, to)];
    if (words !== undefined) return words;
  }
  for (const { to } of path) if (nodeNameOf(graph, to).startsWith('system / Generator')) return WAITING;
  return "V8's roots";
}

const WAITING = 'a function that is waiting';
