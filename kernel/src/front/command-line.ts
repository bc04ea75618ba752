/** What was asked for on the command line. */
import { parseArgs } from 'node:util';
import type { Language } from './handlers/handler.js';
import { DEFAULT_SPEC, TSLAB_SPECS, type Destination, type Kernelspec } from './kernelspec.js';

export type Command =
  | { kind: 'help' }
  | { kind: 'version' }
  | { kind: 'kernel'; connectionFile: string; language: Language }
  | { kind: 'install' | 'uninstall'; specs: readonly Kernelspec[]; destination: Destination };

/** A command line that cannot be understood; the message is one line. */
export class UsageError extends Error {
  readonly code = 'USAGE';
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UsageError';
  }
}

export const HELP = `Heapmark, a TypeScript kernel for Jupyter that shows what holds your memory

  heapmark install [--user | --sys-prefix | --prefix DIR] [--name NAME] [--display-name TEXT] [--as tslab]
      makes the kernel known to Jupyter; --as tslab takes over notebooks made for tslab
  heapmark uninstall [--user | --sys-prefix | --prefix DIR] [--name NAME] [--as tslab]
  heapmark kernel CONNECTION_FILE [--language typescript|javascript]
      runs a kernel; Jupyter does this
  heapmark --version
  heapmark --help
`;

const OPTIONS = {
  user: { type: 'boolean' },
  'sys-prefix': { type: 'boolean' },
  prefix: { type: 'string' },
  name: { type: 'string' },
  'display-name': { type: 'string' },
  as: { type: 'string' },
  language: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

/** Throws {@link UsageError}. */
export function parseCommand(args: string[]): Command {
  const { values, positionals } = parse(args);
  if (values.help === true || positionals[0] === 'help') return { kind: 'help' };
  if (values.version === true) return { kind: 'version' };
  const [kind, ...rest] = positionals;
  switch (kind) {
    case undefined:
      return { kind: 'help' };
    case 'kernel': {
      const [connectionFile] = rest;
      if (connectionFile === undefined || rest.length > 1) {
        throw new UsageError('heapmark kernel needs exactly one connection file.');
      }
      return { kind, connectionFile, language: languageOf(values.language) };
    }
    case 'install':
    case 'uninstall':
      if (rest.length > 0)
        throw new UsageError(`heapmark ${kind} takes no ${JSON.stringify(rest[0])}: see heapmark --help.`);
      return { kind, specs: specsOf(values), destination: destinationOf(values) };
    default:
      throw new UsageError(`heapmark has no command ${JSON.stringify(kind)}: see heapmark --help.`);
  }
}

type Values = ReturnType<typeof parse>['values'];

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: true });
  } catch (cause) {
    const [line] = (cause as Error).message.split('. ');
    throw new UsageError(`${line}: see heapmark --help.`, { cause });
  }
}

function languageOf(value: string | undefined): Language {
  if (value === undefined || value === 'typescript' || value === 'javascript') return value ?? 'typescript';
  throw new UsageError(`--language is typescript or javascript, not ${JSON.stringify(value)}.`);
}

function specsOf(values: Values): readonly Kernelspec[] {
  if (values.as !== undefined) {
    if (values.as !== 'tslab') throw new UsageError(`--as knows tslab only, not ${JSON.stringify(values.as)}.`);
    if (values.name !== undefined) throw new UsageError('--as tslab names the kernels itself: leave --name out.');
    return TSLAB_SPECS;
  }
  return [
    {
      ...DEFAULT_SPEC,
      name: values.name ?? DEFAULT_SPEC.name,
      displayName: values['display-name'] ?? DEFAULT_SPEC.displayName,
    },
  ];
}

function destinationOf(values: Values): Destination {
  const chosen = [values.user === true, values['sys-prefix'] === true, values.prefix !== undefined].filter(Boolean);
  if (chosen.length > 1) throw new UsageError('Choose one of --user, --sys-prefix and --prefix.');
  if (values.prefix !== undefined) return { kind: 'prefix', prefix: values.prefix };
  return { kind: values['sys-prefix'] === true ? 'sys-prefix' : 'user' };
}
