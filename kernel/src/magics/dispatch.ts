import { magicDeclaration, magicDeclarations, type MagicDeclaration } from '@heapmark/protocol';
import { helpBlocks } from '../render/help.js';
import { magicsListBlocks } from '../render/magics-list.js';
import type { CellMagic } from '../ipc/cell.js';
import { MagicError, type RunnableCode } from '../runtime/context.js';
import { parseArguments } from './args.js';
import type { MagicContext } from './context.js';
import type { Magic } from './magic.js';
import { insteadOf } from './instead.js';
import { suggestion } from './nearest.js';
import { magics } from './registry.js';
import { page } from './show.js';

const available = magicDeclarations.filter((declared) => declared.available);

/** Runs `%name args`. `%name?` shows its help instead. */
export async function runLine(written: string, args: string, context: MagicContext): Promise<void> {
  const asked = askedForHelp(written, args);
  if (asked.help && asked.name === '') {
    page(context.runtime, magicsListBlocks(available));
    return;
  }
  const declared = declarationOf(asked.name, '%');
  if (asked.help) {
    page(context.runtime, helpBlocks(declared));
    return;
  }
  const { line } = implementationOf(declared);
  if (line === undefined)
    throw new MagicError(`%%${declared.name} stands on a cell's first line, with the code below it.`);
  await line(parseArguments(declared, args), context);
}

/** Runs `%%name args` around a cell. */
export async function runCell(
  magic: CellMagic,
  body: RunnableCode,
  context: MagicContext,
): Promise<{ value: unknown } | undefined> {
  const asked = askedForHelp(magic.name, magic.args);
  const declared = declarationOf(asked.name, '%%');
  if (asked.help) {
    page(context.runtime, helpBlocks(declared));
    return undefined;
  }
  const { cell } = implementationOf(declared);
  if (cell === undefined) throw new MagicError(`%${declared.name} stands on a line of its own, with one percent sign.`);
  return cell(parseArguments(declared, magic.args), body, context);
}

function askedForHelp(name: string, args: string): { name: string; help: boolean } {
  if (name.endsWith('?')) return { name: name.replace(/\?+$/, ''), help: true };
  return { name, help: /^\s*\?+\s*$/.test(args) };
}

function declarationOf(name: string, percent: string): MagicDeclaration {
  const declared = magicDeclaration(name);
  if (declared !== undefined) return declared;
  const known = available.map((each) => each.name);
  const advice = insteadOf(name) ?? `${suggestion(name, known, '%')} %lsmagic lists them.`.trimStart();
  throw new MagicError(`There is no magic ${percent}${name}. ${advice}`);
}

function implementationOf(declared: MagicDeclaration): Magic {
  const found = magics.find(({ name }) => name === declared.name);
  if (found !== undefined && declared.available) return found;
  throw new MagicError(`%${declared.name} is not in this version of Heapmark yet. %lsmagic lists what is.`);
}
