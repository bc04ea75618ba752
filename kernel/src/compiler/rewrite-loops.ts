/** Loops: as they are, or in two versions of which the program chooses as it runs (see `fast-loops.ts`). */
import { Edits, type Piece } from './edits.js';
import { fastLoop, isLoop, ROUNDS, type FastLoop } from './fast-loops.js';
import type { AnyNode } from './js-shapes.js';
import { forEachChild, type Identifier, type Node } from './js-tree.js';
import { ExpressionRewriter } from './rewrite-expressions.js';

export abstract class LoopRewriter extends ExpressionRewriter {
  /** What a name that a pattern declares becomes. */
  protected abstract declared(identifier: Identifier): string;

  protected override loop(node: AnyNode): void {
    if (this.fast !== null) this.roundLoop(node, node, this.fast);
    else {
      const found = this.fastVersion(node);
      if (found === null) this.plainLoop(node);
      else this.twoVersions(node, node, found);
    }
  }

  /** The labels of a loop go with it. */
  protected override labelled(node: AnyNode): void {
    let body = node['body'] as AnyNode;
    while (body.type === 'LabeledStatement') body = body['body'] as AnyNode;
    if (this.fast !== null && isLoop(body)) {
      this.roundLoop(node, body, this.fast);
      return;
    }
    const found = this.fastVersion(body);
    if (found === null) this.visit(node['body'] as AnyNode);
    else this.twoVersions(node, body, found);
  }

  protected fastVersion(node: AnyNode): FastLoop | null {
    return this.fast === null && this.functionDepth === 0 && isLoop(node) ? fastLoop(node, this) : null;
  }

  protected plainLoop(node: AnyNode): void {
    const awaits = node['await'] === true;
    const body = node['body'] as AnyNode;
    if (awaits) {
      this.helpers.add('awaiting');
      this.edits.open(body.start, '{ $hm_after(); ');
    }
    forEachChild(node, (child, key) => {
      const each = child as AnyNode;
      if ((key === 'init' || key === 'left') && each.type === 'VariableDeclaration' && this.isShared(each)) {
        if (key === 'init') this.declaration(each, 'head');
        else this.loopVariable(each);
      } else if (key === 'left') this.target(each);
      else this.visit(each);
    });
    if (awaits) this.edits.close(body.end, ' }');
  }

  /** `for (var x of …)`, which may be written to like any other target. */
  protected loopVariable(node: AnyNode): void {
    const [only] = node['declarations'] as AnyNode[];
    const id = only?.['id'] as AnyNode;
    this.edits.replace(node.start, id.start, '');
    this.pattern(id, (each) => this.declared(each as unknown as Identifier));
  }

  /** The loop as it is, and the loop on locals, behind the test which of the two may run. */
  protected twoVersions(node: AnyNode, loop: AnyNode, found: FastLoop): void {
    for (const name of found.locals.keys()) this.bind(name);
    for (const helper of found.helpers) this.helpers.add(helper);
    const plain = this.apart(node, () => this.plainLoop(loop));
    const fast = this.apart(node, () => {
      this.fast = found;
      this.roundLoop(node, loop, found);
      this.fast = null;
    });
    this.edits.splice(node.start, node.end, [
      `if (${found.condition}) { ${found.begin} try { `,
      fast,
      ` } finally { ${found.flush} } } else `,
      plain,
    ]);
  }

  /** A part of the code, changed apart from the rest. */
  protected apart({ start, end }: Node, change: () => void): Piece {
    const outer = this.edits;
    const edits = new Edits(this.input.js);
    this.edits = edits;
    change();
    this.edits = outer;
    return { start, end, edits };
  }

  /** A loop of the fast version: an inner loop that ends every so many rounds, in one that goes on with it. */
  protected roundLoop(node: AnyNode, loop: AnyNode, fast: FastLoop): void {
    const part = (key: string): Piece[] => {
      const child = loop[key] as AnyNode | null | undefined;
      if (child === null || child === undefined) return [];
      if (child.type === 'VariableDeclaration' && this.isShared(child))
        return [this.apart(child, () => this.declaration(child, 'head'))];
      return [this.apart(child, () => this.visit(child))];
    };
    const test = part('test');
    const ends = test.length === 0 ? [] : ['if (!(', ...test, ')) break; '];
    const isDo = loop.type === 'DoWhileStatement';
    const labels = this.input.js.slice(node.start, loop.start);
    this.edits.splice(node.start, node.end, [
      isDo ? '{ let $hm_ends = false; ' : '{ ',
      ...part('init'),
      `; for (;;) { let $hm_rounds = 0, $hm_more = false; ${fast.retype(loop)} ${labels}for (;; `,
      ...(isDo ? ['$hm_ends = !(', ...test, ')'] : part('update')),
      `) { ${isDo ? 'if ($hm_ends) break; ' : ''}if ($hm_rounds++ === ${ROUNDS}) { $hm_more = true; break; } `,
      ...(isDo ? [] : ends),
      ...part('body'),
      ` } ${fast.flush} if (!$hm_more) break; } }`,
    ]);
  }
}
