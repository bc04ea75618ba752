/** Turns the JavaScript of an ES module into a function of the loader's `$module` (see `ModuleEnvironment`). */
import { Edits } from './edits.js';
import { boundIdentifiers, importAttributes, nameOf, type AnyNode } from './js-shapes.js';
import {
  forEachChild,
  parseJs,
  resolveNames,
  type Identifier,
  type JsNames,
  type Node,
  type Program,
} from './js-tree.js';
import type { EmittedCode } from './source-map.js';

const DEFAULT = '__hm_default';

/** Names of CommonJS that tools let ES modules use. */
const ENVIRONMENT: ReadonlyMap<string, string> = new Map([
  ['require', '$module.require'],
  ['__filename', '$module.importMeta.filename'],
  ['__dirname', '$module.importMeta.dirname'],
]);

export function rewriteModule({ js, mappings }: EmittedCode): EmittedCode {
  const program = parseJs(js);
  const rewriter = new ModuleRewriter(js, resolveNames(program));
  return rewriter.rewrite(program, mappings);
}

class ModuleRewriter {
  private readonly edits: Edits;
  /** Properties of the object of getters. */
  private readonly getters: string[] = [];
  /** Statements that load what is imported, in the order of the code: all run before the rest. */
  private readonly loads: string[] = [];
  /** What an imported name is read from, each time: imports are live. */
  private readonly imported = new Map<string, string>();

  constructor(
    js: string,
    private readonly names: JsNames,
  ) {
    this.edits = new Edits(js);
  }

  rewrite(program: Program, mappings: string): EmittedCode {
    const statements = program.body as AnyNode[];
    // Exports may name imports that stand below them.
    for (const node of statements) if (node.type === 'ImportDeclaration') this.importDeclaration(node);
    for (const node of statements) this.statement(node);
    const isCommonJs = !statements.some(({ type }) => /^(?:Import|Export)/.test(type)) && this.usesModule();
    const { text, mappings: moved } = this.edits.apply(mappings);
    const start = ['"use strict";'];
    if (isCommonJs) start.push('const module = { exports: {} }; const exports = module.exports;');
    if (isCommonJs) this.getters.push('default: () => module.exports');
    if (this.getters.length > 0) start.push(`$module.export({ ${this.getters.join(', ')} });`);
    const end = isCommonJs ? '\n$module.exportAll(Object(module.exports));' : '';
    return {
      js: `async function ($module) { ${[...start, ...this.loads].join(' ')}\n${text}${end}\n}`,
      mappings: `;${moved ?? ''}`,
    };
  }

  private usesModule(): boolean {
    return [...this.names.free.values()].some((name) => name === 'module' || name === 'exports');
  }

  private statement(node: AnyNode): void {
    switch (node.type) {
      case 'ImportDeclaration':
        return;
      case 'ExportAllDeclaration':
        this.exportAll(node);
        return;
      case 'ExportDefaultDeclaration':
        this.exportDefault(node);
        return;
      case 'ExportNamedDeclaration':
        this.exportNamed(node);
        return;
      default:
        this.visit(node);
    }
  }

  private load(node: AnyNode): string {
    const source = (node['source'] as { value: string }).value;
    const attributes = importAttributes(node);
    return `await $module.import(${JSON.stringify(source)}${attributes === null ? '' : `, ${attributes}`})`;
  }

  private loadAs(node: AnyNode): string {
    const namespace = `__hm_module${this.loads.length}`;
    this.loads.push(`const ${namespace} = ${this.load(node)};`);
    return namespace;
  }

  private importDeclaration(node: AnyNode): void {
    const namespace = this.loadAs(node);
    for (const each of node['specifiers'] as AnyNode[]) {
      const { name } = each['local'] as Identifier;
      if (each.type === 'ImportNamespaceSpecifier') this.imported.set(name, namespace);
      else {
        const imported = each.type === 'ImportDefaultSpecifier' ? 'default' : nameOf(each['imported'] as AnyNode);
        this.imported.set(name, member(namespace, imported));
      }
    }
    this.edits.replace(node.start, node.end, '');
  }

  private exportAll(node: AnyNode): void {
    const exported = node['exported'] as AnyNode | null;
    if (exported === null) this.loads.push(`$module.exportAll(${this.load(node)});`);
    else this.getter(nameOf(exported), this.loadAs(node));
    this.edits.replace(node.start, node.end, '');
  }

  private exportNamed(node: AnyNode): void {
    const declaration = node['declaration'] as AnyNode | null;
    if (declaration !== null) {
      this.edits.replace(node.start, declaration.start, '');
      for (const name of declaredNames(declaration)) this.getter(name, name);
      this.visit(declaration);
      return;
    }
    const namespace = (node['source'] ?? null) === null ? null : this.loadAs(node);
    for (const each of node['specifiers'] as AnyNode[]) {
      const local = nameOf(each['local'] as AnyNode);
      const read = namespace === null ? (this.imported.get(local) ?? local) : member(namespace, local);
      this.getter(nameOf(each['exported'] as AnyNode), read);
    }
    this.edits.replace(node.start, node.end, '');
  }

  private exportDefault(node: AnyNode): void {
    const declaration = node['declaration'] as AnyNode;
    const id = declaration['id'] as Identifier | null | undefined;
    const isDeclaration = /^(?:Function|Class)Declaration$/.test(declaration.type);
    if (isDeclaration && id !== null && id !== undefined) {
      this.getter('default', id.name);
      this.edits.replace(node.start, declaration.start, '');
    } else {
      this.getter('default', DEFAULT);
      // As a property, a function without a name is called "default", as the standard wants it.
      this.edits.replace(node.start, declaration.start, `const ${DEFAULT} = ({ default: `);
      this.edits.replace(declaration.end, node.end, ' }).default;');
    }
    this.visit(declaration);
  }

  private getter(name: string, read: string): void {
    this.getters.push(`${JSON.stringify(name)}: () => ${read}`);
  }

  private visit(node: AnyNode): void {
    switch (node.type) {
      case 'Identifier': {
        const text = this.read(node);
        if (text !== null) this.edits.replace(node.start, node.end, text);
        return;
      }
      case 'Property': {
        const value = node['value'] as AnyNode;
        const text = node['shorthand'] === true && value.type === 'Identifier' ? this.read(value) : null;
        if (text !== null)
          this.edits.replace(value.start, value.end, `${(value as unknown as Identifier).name}: ${text}`);
        else if (node['shorthand'] === true) this.visit(value);
        else this.children(node);
        return;
      }
      case 'CallExpression':
      case 'TaggedTemplateExpression': {
        const key = node.type === 'CallExpression' ? 'callee' : 'tag';
        const callee = node[key] as AnyNode;
        const text = callee.type === 'Identifier' ? this.read(callee) : null;
        if (text !== null) this.edits.replace(callee.start, callee.end, `(0, ${text})`);
        forEachChild(node, (child) => {
          if (child !== callee || text === null) this.visit(child as AnyNode);
        });
        return;
      }
      case 'MetaProperty':
        if ((node['meta'] as Identifier).name === 'import')
          this.edits.replace(node.start, node.end, '$module.importMeta');
        return;
      case 'ImportExpression': {
        this.edits.replace(node.start, node.start + 'import'.length, '$module.import');
        this.visit(node['source'] as AnyNode);
        const options = (node['options'] ?? null) as AnyNode | null;
        if (options === null) return;
        this.edits.open(options.start, '(');
        this.visit(options);
        this.edits.close(options.end, ')?.with');
        return;
      }
      default:
        this.children(node);
    }
  }

  private children(node: Node): void {
    forEachChild(node, (child) => this.visit(child as AnyNode));
  }

  private read(node: Node): string | null {
    const own = this.names.own.get(node);
    if (own !== undefined) return this.imported.get(own) ?? null;
    const free = this.names.free.get(node);
    return free === undefined ? null : (ENVIRONMENT.get(free) ?? null);
  }
}

const member = (object: string, name: string): string => `${object}[${JSON.stringify(name)}]`;

function declaredNames(node: AnyNode): string[] {
  if (node.type !== 'VariableDeclaration') return [(node['id'] as Identifier).name];
  const declarations = node['declarations'] as AnyNode[];
  return declarations.flatMap((each) => boundIdentifiers(each['id'] as AnyNode)).map(({ name }) => name);
}
