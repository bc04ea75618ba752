/** Names in a cell's code: what each stands for, and the text that reads or writes it. */
import type { DeclarationKind } from '../ipc/cell.js';
import { Edits } from './edits.js';
import type { FastLoop } from './fast-loops.js';
import type { JsNames, Node } from './js-tree.js';
import type { Names, NameUse } from './name-use.js';
import { ENVIRONMENT, slot, type HELPERS } from './rewrite-words.js';

export interface RewriteInput {
  js: string;
  /** Encoded mappings of `js`. */
  mappings: string;
  /** Names that this cell declares and shares. */
  declares: ReadonlyMap<string, DeclarationKind>;
  /** Kind of a name of earlier cells. */
  known: (name: string) => DeclarationKind | null;
}

/** Resolves names and gathers what the cell needs of its surroundings. */
export abstract class NameRewriter implements Names {
  protected edits: Edits;
  protected readonly bindings = new Set<string>();
  protected readonly helpers = new Set<keyof typeof HELPERS>();
  protected evaluates = false;
  protected functionDepth = 0;
  /** The loop whose fast version is being written. */
  protected fast: FastLoop | null = null;

  constructor(
    protected readonly input: RewriteInput,
    readonly resolved: JsNames,
  ) {
    this.edits = new Edits(input.js);
  }

  protected bind(name: string): void {
    this.bindings.add(name);
  }

  use(node: Node): NameUse {
    const own = this.resolved.own.get(node);
    if (own !== undefined) {
      if (!this.input.declares.has(own)) return { kind: 'local' };
      return {
        kind: 'shared',
        name: own,
        constant: this.resolved.constants.has(own) || this.input.declares.get(own) === 'import',
      };
    }
    const free = this.resolved.free.get(node);
    if (free === undefined) return { kind: 'local' };
    if (free === '$hm') return { kind: 'local' };
    if (this.input.declares.has(free)) return { kind: 'shared', name: free, constant: false };
    const known = this.input.known(free);
    if (known !== null) return { kind: 'shared', name: free, constant: known === 'const' || known === 'import' };
    if (free in ENVIRONMENT) return { kind: 'environment', name: free };
    if (free in globalThis || free === 'arguments') return { kind: 'global', name: free };
    return { kind: 'late', name: free };
  }

  /** The text that reads the name an identifier stands for; `null` when it is to stay as it is. */
  protected read(node: Node): string | null {
    const use = this.use(node);
    switch (use.kind) {
      case 'shared': {
        const local = this.fast?.locals.get(use.name);
        if (local !== undefined) return local;
        this.bind(use.name);
        return `${slot(use.name)}.v`;
      }
      case 'late':
        return `$hm.late(${JSON.stringify(use.name)}).v`;
      case 'environment':
        return ENVIRONMENT[use.name] as string;
      default:
        return null;
    }
  }

  protected identifier(node: Node): void {
    const text = this.read(node);
    if (text !== null) this.edits.replace(node.start, node.end, text);
  }

  /** The text that assigns to a name: a constant of V8's own, for a constant of the user's, gives V8's own error. */
  protected written(node: Node): string | null {
    const use = this.use(node);
    if (use.kind === 'shared' && use.constant) {
      this.helpers.add('constant');
      return '$hm_constant';
    }
    return this.read(node);
  }
}
