import { usageLine, type MagicDeclaration } from '@heapmark/protocol';
import { line, muted, type Block } from './blocks.js';

/** `%lsmagic`: what this kernel answers, with what each does. */
export function magicsListBlocks(declarations: readonly MagicDeclaration[]): Block[] {
  const columns = [
    { head: 'magic', align: 'left', code: true, limit: 40 },
    { head: 'what it does', align: 'left', limit: 120 },
  ] as const;
  const rows = declarations.map((declared) => {
    const usage = usageLine(declared).split(' ')[0] ?? '';
    return { cells: [declared.form === 'both' ? `${usage}, %${usage}` : usage, declared.summary] };
  });
  return [{ kind: 'table', columns, rows }, line(muted('%name? shows the arguments of a magic.'))];
}
