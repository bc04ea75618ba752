/**
 * Loops at a cell's top level that can keep its variables in locals, because nothing in them can tell the difference.
 *
 * A loop is closed when all it does is calculate with primitive values: no call but of functions of `Math`, no property,
 * no closure, no await. Operators on primitives run no code of the user, and their results are primitives again, so
 * that no code but the loop's own runs until it ends, and no object is ever held by a local. What the variables are at
 * the start is tested as the program runs; where a test fails, the loop runs as it was written.
 *
 * The locals go back to the bindings at the loop's end, whatever ends it but a termination, and every 4096 rounds
 * before. For that a loop becomes two, one within the other: between two runs of the inner one, V8 is told which
 * variables are numbers (`x = +x`), without which it would allocate a number object each round.
 */
import type { AnyNode } from './js-shapes.js';
import type { Variable } from 'eslint-scope';
import { LoopReader } from './loop-reader.js';
import type { Identifier, Node } from './js-tree.js';
import type { Names } from './name-use.js';

/** Rounds between two write-backs. */
export const ROUNDS = 4096;

export interface FastLoop {
  /** The local that stands for each shared name. */
  locals: Map<string, string>;
  /** Expression that is true when the fast version may run. */
  condition: string;
  /** Declares the locals. */
  begin: string;
  /** Writes the locals back. */
  flush: string;
  /** Statements that tell V8 which of the variables that a loop assigns to are numbers. */
  retype(loop: Node): string;
  helpers: Set<'primitive' | 'number' | 'builtin'>;
}

export function isLoop(node: Node): boolean {
  return node.type === 'ForStatement' || node.type === 'WhileStatement' || node.type === 'DoWhileStatement';
}

/** The fast version of a loop; `null` when the loop is not closed, or gains nothing. */
export function fastLoop(node: Node, names: Names): FastLoop | null {
  const reader = new LoopReader(node, names);
  if (!reader.isClosed(node as AnyNode) || reader.shared.size === 0) return null;
  const locals = new Map([...reader.shared].map((name) => [name, `$hm_local_${name}`]));
  const numbers = reader.numbers();
  const helpers: FastLoop['helpers'] = new Set();
  const tests = [...locals.keys()].map((name) => {
    const helper = numbers.has(name) ? 'number' : 'primitive';
    helpers.add(helper);
    return `$hm_${helper}(__hm_${name})`;
  });
  for (const [variable, name] of reader.outer) {
    if (numbers.has(variable)) tests.push(`typeof ${name} === "number"`);
    else tests.push(`(${name} === null || (typeof ${name} !== "object" && typeof ${name} !== "function"))`);
  }
  for (const name of reader.functions) {
    helpers.add('builtin');
    tests.push(`$hm_builtin(${JSON.stringify(name)})`);
  }
  return {
    locals,
    condition: tests.join(' && '),
    begin: `let ${[...locals].map(([name, local]) => `${local} = __hm_${name}.v`).join(', ')};`,
    flush: [...reader.written].map((name) => `__hm_${name}.v = ${locals.get(name)};`).join(' '),
    retype(loop) {
      const retyped = new Set<string>();
      for (const { target, node: place, name } of reader.writes) {
        if (place.start < loop.start || place.end > loop.end || !numbers.has(target)) continue;
        if (typeof target === 'string') retyped.add(locals.get(target) as string);
        else if (isVisibleAt(target, loop)) retyped.add(name);
      }
      return [...retyped].map((name) => `${name} = +${name};`).join(' ');
    },
    helpers,
  };
}

/** Whether a variable exists around a loop or in its head, and may be assigned to. */
function isVisibleAt(variable: Variable, loop: Node): boolean {
  const [definition] = variable.defs;
  const declared = definition?.name as Identifier | undefined;
  const { parent } = (definition ?? {}) as { parent?: { kind?: string } | null };
  if (declared === undefined || parent?.kind === 'const') return false;
  const block = variable.scope.block as unknown as Node;
  const isOfHead = block === loop && declared.end <= (((loop as AnyNode)['body'] as Node | undefined)?.start ?? 0);
  return isOfHead || (block.start <= loop.start && block.end >= loop.end && declared.end <= loop.start);
}
