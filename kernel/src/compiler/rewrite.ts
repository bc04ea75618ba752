/**
 * Turns the JavaScript of a cell into a function of its bindings: every reference to a top-level name of this or of an
 * earlier cell becomes a property of the name's binding, so that all readers share one value.
 */
import { boundIdentifiers, importAttributes, nameOf, type AnyNode } from './js-shapes.js';
import { parseJs, resolveNames, tokenAfter, type Identifier, type Node } from './js-tree.js';
import type { RewriteInput } from './rewrite-names.js';
import { LoopRewriter } from './rewrite-loops.js';
import { HELPERS, slot } from './rewrite-words.js';

/** Longest parameter list that V8 takes is 65,535; names beyond this many are looked up as the cell begins. */
const MOST_PARAMETERS = 10_000;

export interface RewriteOutput {
  /** Source of a function expression. */
  js: string;
  mappings: string;
  bindings: string[];
}

/** Throws acorn's SyntaxError for what TypeScript let pass. */
export function rewriteCell(input: RewriteInput): RewriteOutput {
  const program = parseJs(input.js);
  const rewriter = new CellRewriter(input, resolveNames(program));
  rewriter.program(program.body);
  return rewriter.finish();
}

class CellRewriter extends LoopRewriter {
  /** Statements at the function's start, in this order. */
  private readonly hoisted: string[] = [];
  private imports = 0;

  program(statements: readonly Node[]): void {
    for (const name of this.input.declares.keys()) this.bind(name);
    for (const [name, kind] of this.input.declares) {
      if (kind === 'var') this.hoisted.push(`$hm.init(${slot(name)}, undefined);`);
    }
    for (const statement of statements) this.topLevel(statement as AnyNode);
  }

  finish(): RewriteOutput {
    const { text, mappings } = this.edits.apply(this.input.mappings);
    const names = [...this.bindings];
    const parameters = names.slice(0, MOST_PARAMETERS);
    const looked = names
      .slice(MOST_PARAMETERS)
      .map((name) => `const ${slot(name)} = $hm.late(${JSON.stringify(name)});`);
    const helpers = [...this.helpers].map((helper) => HELPERS[helper]);
    const start = ['"use strict";', ...looked, ...helpers, ...this.hoisted].join(' ');
    const list = ['$hm', ...parameters.map(slot)].join(', ');
    const body = `{ ${start}\n${text}\n}`;
    const js = this.evaluates
      ? `function (${list}) { with ($hm.scope) { return (async function () ${body})(); } }`
      : `async function (${list}) ${body}`;
    return { js, mappings: `;${mappings ?? ''}`, bindings: parameters };
  }
  /** Statements of the cell itself: only here stand imports, exports and hoisted functions. */
  private topLevel(node: AnyNode): void {
    switch (node.type) {
      case 'ImportDeclaration':
        this.importDeclaration(node);
        return;
      case 'ExportNamedDeclaration': {
        const declaration = node['declaration'] as AnyNode | null;
        if (declaration !== null) {
          this.edits.replace(node.start, declaration.start, '');
          this.topLevel(declaration);
        } else this.reExport(node);
        return;
      }
      case 'ExportAllDeclaration':
        this.reExport(node);
        return;
      case 'ExportDefaultDeclaration':
        this.exportDefault(node);
        return;
      case 'FunctionDeclaration': {
        const { name } = node['id'] as Identifier;
        if (this.input.declares.has(name)) this.hoisted.push(`$hm.init(${slot(name)}, ${name});`);
        this.visit(node);
        return;
      }
      default:
        this.visit(node);
    }
  }

  protected override isShared(node: AnyNode): boolean {
    const declared = (node['declarations'] as AnyNode[]).flatMap((each) => boundIdentifiers(each['id'] as AnyNode));
    const shared = declared.filter(
      (each) => this.resolved.declarations.has(each) && this.input.declares.has(each.name),
    );
    if (shared.length > 0 && shared.length < declared.length)
      throw new Error('A declaration mixes names of the cell with others.');
    return shared.length > 0;
  }

  /** A declaration of shared names. In the head of a `for`, assignments take its place: only `var` stands there. */
  protected override declaration(node: AnyNode, place: 'statement' | 'head'): void {
    const declarations = node['declarations'] as AnyNode[];
    const first = declarations[0] as AnyNode;
    this.edits.replace(node.start, first.start, '');
    for (const each of declarations) {
      const id = each['id'] as AnyNode;
      const init = each['init'] as AnyNode | null;
      if (id.type !== 'Identifier') this.patternDeclaration(each, id, init);
      else this.nameDeclaration(each, id as unknown as Identifier, init);
    }
    if (place === 'statement' && this.input.js[node.end - 1] !== ';') this.edits.close(node.end, ';');
  }

  private isHoisted(name: string): boolean {
    return this.input.declares.get(name) === 'var';
  }

  private nameDeclaration(node: AnyNode, id: Identifier, init: AnyNode | null): void {
    const { name } = id;
    if (this.isHoisted(name)) {
      const text = this.read(id) ?? `${slot(name)}.v`;
      this.edits.replace(id.start, id.end, init === null ? '0' : text);
      if (init !== null) this.named(name, init, id.end, '=', node.end);
      return;
    }
    if (init === null) {
      this.edits.replace(id.start, id.end, `$hm.init(${slot(name)}, undefined)`);
      return;
    }
    const equals = tokenAfter(this.input.js, id.end, '=');
    this.edits.replace(id.start, id.end, `$hm.init(${slot(name)}`);
    this.edits.replace(equals, equals + 1, ',');
    this.named(name, init, id.end, '=', node.end);
    this.edits.close(node.end, ')');
  }

  private patternDeclaration(node: AnyNode, id: AnyNode, init: AnyNode | null): void {
    this.edits.open(node.start, '(');
    this.pattern(id, (each) => this.declared(each as unknown as Identifier));
    if (init !== null) this.visit(init);
    this.edits.close(node.end, ')');
  }

  /** What a name that a pattern declares becomes: an assignment to it initialises the binding. */
  protected override declared({ name }: Identifier): string {
    if (this.isHoisted(name)) return this.fast?.locals.get(name) ?? `${slot(name)}.v`;
    this.helpers.add('initialiser');
    return `$hm_initialiser(${slot(name)}).v`;
  }

  protected override classDeclaration(node: AnyNode): void {
    const id = node['id'] as Identifier | null;
    const shared = id !== null && this.resolved.declarations.has(id) && this.input.declares.has(id.name);
    if (shared) this.edits.open(node.start, `$hm.init(${slot(id.name)}, `);
    this.functionDepth += 1;
    this.children(node);
    this.functionDepth -= 1;
    if (shared) this.edits.close(node.end, ');');
  }

  private importDeclaration(node: AnyNode): void {
    const specifiers = node['specifiers'] as AnyNode[];
    const source = (node['source'] as { raw?: string; value?: unknown }).value as string;
    const attributes = importAttributes(node);
    const call = `await $hm.import(${JSON.stringify(source)}${attributes === null ? '' : `, ${attributes}`})`;
    if (specifiers.length === 0) {
      this.edits.replace(node.start, node.end, `${call};`);
      return;
    }
    const namespace = `$hm_module${(this.imports += 1)}`;
    const parts = [`const ${namespace} = ${call};`];
    for (const specifier of specifiers) {
      const { name } = specifier['local'] as Identifier;
      const value = this.imported(specifier, namespace, source);
      parts.push(this.input.declares.has(name) ? `$hm.init(${slot(name)}, ${value});` : `const ${name} = ${value};`);
    }
    this.edits.replace(node.start, node.end, parts.join(' '));
  }

  private imported(specifier: AnyNode, namespace: string, source: string): string {
    if (specifier.type === 'ImportNamespaceSpecifier') return namespace;
    const name = specifier.type === 'ImportDefaultSpecifier' ? 'default' : nameOf(specifier['imported'] as AnyNode);
    this.helpers.add('imported');
    return `$hm_imported(${namespace}, ${JSON.stringify(name)}, ${JSON.stringify(source)})`;
  }

  /** A cell has no exports; what it re-exports is still loaded. */
  private reExport(node: AnyNode): void {
    const source = node['source'] as { value: string } | null;
    this.edits.replace(
      node.start,
      node.end,
      source === null ? ';' : `await $hm.import(${JSON.stringify(source.value)});`,
    );
  }

  private exportDefault(node: AnyNode): void {
    const declaration = node['declaration'] as AnyNode;
    const hasName = (declaration['id'] ?? null) !== null;
    const isDeclaration = /^(?:Function|Class)Declaration$/.test(declaration.type);
    this.edits.replace(node.start, declaration.start, isDeclaration && !hasName ? 'void ' : '');
    if (isDeclaration && hasName) this.topLevel(declaration);
    else this.visit(declaration);
  }
}
