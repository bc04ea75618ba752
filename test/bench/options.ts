/** The bench's command line. */
import { parseArgs } from 'node:util';
import { KERNEL_NAMES, type KernelName } from './kernels.js';
import { measurements } from './measurements/index.js';
import type { Measurement } from './measurements/measurement.js';

export const USAGE = `npm run bench -- [--only NAME[,NAME]] [--kernels NAME[,NAME]] [--rounds N] [--quick]

  --only      measurements: ${measurements.map(({ name }) => name).join(', ')}
  --kernels   kernels: ${KERNEL_NAMES.join(', ')}
  --rounds    rounds over all kernels in turn (3)
  --quick     one round, fewer repetitions, shorter spins`;

export interface Options {
  measurements: readonly Measurement[];
  kernels: readonly KernelName[];
  rounds: number;
  quick: boolean;
}

/** A mistake on the command line; the message is for the person who typed it. */
export class UsageError extends Error {
  readonly code = 'USAGE';
  override readonly name = 'UsageError';
}

const DEFAULT_ROUNDS = 3;

/** Reads the arguments; `null` when help was asked for. Throws {@link UsageError}. */
export function parseOptions(argv: readonly string[]): Options | null {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...argv],
      options: {
        only: { type: 'string' },
        kernels: { type: 'string' },
        rounds: { type: 'string' },
        quick: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }));
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
  if (values.help) return null;
  const rounds = values.rounds === undefined ? (values.quick ? 1 : DEFAULT_ROUNDS) : Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new UsageError('--rounds takes a whole number from 1.');
  const chosen = choose(
    values.only,
    measurements.map(({ name }) => name),
    '--only',
  );
  return {
    measurements: measurements.filter(({ name }) => chosen.includes(name)),
    kernels: choose(values.kernels, KERNEL_NAMES, '--kernels'),
    rounds,
    quick: values.quick,
  };
}

function choose<T extends string>(text: string | undefined, known: readonly T[], option: string): readonly T[] {
  if (text === undefined) return known;
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !known.some((one) => one === name));
  if (unknown !== undefined) {
    throw new UsageError(`${option} does not know ${JSON.stringify(unknown)}: it takes ${known.join(', ')}.`);
  }
  return known.filter((name) => names.includes(name));
}
