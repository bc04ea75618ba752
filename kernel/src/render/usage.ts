import type { MagicArgument, MagicDeclaration } from '@heapmark/protocol';

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

/** `%vars [PATTERN] [--sort size|name|cell] …`; what this version does not answer is left out. */
export function usageLine(declared: MagicDeclaration): string {
  const percent = declared.form === 'cell' ? '%%' : '%';
  return [
    `${percent}${declared.name}`,
    ...declared.args.filter((argument) => argument.available !== false).map(argumentUsage),
  ].join(' ');
}
