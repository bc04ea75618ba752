/** How a magic is written, from its declaration: for help, errors, documents and completion. */
import type { MagicArgument, MagicDeclaration } from './magics.js';

/** `N` for an option's value in a usage line. */
export function valueName(argument: MagicArgument): string {
  const value = argument.value;
  if (value === undefined) return '';
  if (typeof value === 'object') return value.oneOf.join('|');
  const names = {
    string: 'TEXT',
    number: 'N',
    integer: 'N',
    bytes: 'SIZE',
    regexp: 'RE',
    glob: 'PATTERN',
    variable: 'NAME',
    file: 'FILE',
    code: 'CODE',
  } as const;
  return names[value];
}

/** One argument as a usage line shows it: `[--sort size|name|cell]`, `NAME…`. */
export function argumentUsage(argument: MagicArgument): string {
  switch (argument.kind) {
    case 'flag':
      return `[${argument.name}]`;
    case 'option':
      return `[${argument.name} ${valueName(argument)}]`;
    case 'positional': {
      const name = typeof argument.value === 'object' ? valueName(argument) : argument.name;
      return argument.required === true ? name : `[${name}]`;
    }
    case 'rest': {
      const name = argument.value === 'code' ? argument.name : `${argument.name}…`;
      return argument.required === true ? name : `[${name}]`;
    }
  }
}

/** The arguments that this version answers. */
export const availableArguments = ({ args }: MagicDeclaration): MagicArgument[] =>
  args.filter(({ available }) => available !== false);

/** `%vars [PATTERN] [--sort size|name|cell] …`; what this version does not answer is left out. */
export function usageLine(declared: MagicDeclaration, percent = declared.form === 'cell' ? '%%' : '%'): string {
  return [`${percent}${declared.name}`, ...availableArguments(declared).map(argumentUsage)].join(' ');
}
