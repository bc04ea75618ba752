import {
  availableArguments,
  usageLine,
  valueName,
  type MagicArgument,
  type MagicDeclaration,
} from '@heapmark/protocol';
import { line, muted, strong, type Block } from './blocks.js';

/** `%name?`: usage, what it does, its arguments, examples. From the declaration alone, so the front can show it too. */
export function helpBlocks(declared: MagicDeclaration): Block[] {
  const blocks: Block[] = [line(strong(usageLine(declared))), line(declared.summary)];
  if (!declared.available) blocks.push(line('Not in this version of Heapmark yet.'));
  if (declared.details !== undefined) blocks.push(line(declared.details));
  const args = availableArguments(declared);
  if (args.length > 0) {
    const columns = [
      { head: 'argument', align: 'left', code: true },
      { head: 'what it does', align: 'left', limit: 200 },
    ] as const;
    blocks.push({
      kind: 'table',
      columns,
      rows: args.map((argument) => ({ cells: [label(argument), argument.help] })),
      headless: true,
    });
  }
  if (declared.form === 'both')
    blocks.push(line(muted(`%%${declared.name} on a cell's first line does it for the whole cell.`)));
  if (declared.functionForm !== undefined)
    blocks.push(line(muted(`In code: import { ${declared.functionForm} } from "heapmark"`)));
  if (declared.examples !== undefined) blocks.push({ kind: 'code', text: declared.examples.join('\n') });
  return blocks;
}

function label(argument: MagicArgument): string {
  if (argument.kind === 'option') return `${argument.name} ${valueName(argument)}`;
  if (argument.kind !== 'flag' && typeof argument.value === 'object') return valueName(argument);
  return argument.alias === undefined ? argument.name : `${argument.name}, ${argument.alias}`;
}
