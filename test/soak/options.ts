/** The command line of the soak. */
import { parseArgs } from 'node:util';

export const USAGE = `npm run soak -- [--only NAME[,NAME]] [--heap MB] [--pattern TEXT] [--rounds N] [--frames N] [--seed N] [--cells N] [--restarts N] [--clients N]

  --only      runaway, faults, fuzz, sessions
  --heap      runaway: V8's heap limit in MB; 0 for Node's own (512)
  --pattern   runaway: only patterns whose name contains this
  --rounds    faults: rounds over all processes and steps (10)
  --frames    fuzz: mutated messages (1000000)
  --seed      faults, fuzz: where chance begins (1)
  --cells, --restarts, --clients   sessions (10000, 1000, 100)`;

export interface Options {
  only: readonly string[];
  heapMb: number | null;
  pattern: string | null;
  rounds: number;
  frames: number;
  seed: number;
  cells: number;
  restarts: number;
  clients: number;
}

/** A mistake on the command line; the message is for the person who typed it. */
export class UsageError extends Error {
  readonly code = 'USAGE';
  override readonly name = 'UsageError';
}

/** `null` when help was asked for. Throws {@link UsageError}. */
export function parseOptions(argv: string[], names: readonly string[]): Options | null {
  const values = parse(argv);
  if (values.help === true) return null;
  const only = values.only?.split(',').map((name) => name.trim()) ?? names;
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`--only does not know ${JSON.stringify(unknown)}: it takes ${names.join(', ')}.`);
  }
  const heapMb = whole('heap', values.heap, 512);
  return {
    only,
    heapMb: heapMb === 0 ? null : heapMb,
    pattern: values.pattern ?? null,
    rounds: whole('rounds', values.rounds, 10),
    frames: whole('frames', values.frames, 1_000_000),
    seed: whole('seed', values.seed, 1),
    cells: whole('cells', values.cells, 10_000),
    restarts: whole('restarts', values.restarts, 1_000),
    clients: whole('clients', values.clients, 100),
  };
}

function parse(argv: string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: argv,
      options: {
        only: text,
        heap: text,
        pattern: text,
        rounds: text,
        frames: text,
        seed: text,
        cells: text,
        restarts: text,
        clients: text,
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function whole(name: string, text: string | undefined, otherwise: number): number {
  const value = text === undefined ? otherwise : Number(text);
  if (!Number.isInteger(value) || value < 0) throw new UsageError(`--${name} takes a whole number.`);
  return value;
}
