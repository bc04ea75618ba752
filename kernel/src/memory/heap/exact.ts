/** A list of variables with the sizes that a heap snapshot found. */
import type { Note, VariableRecord, VariablesRecord } from '@heapmark/protocol';
import type { HeapQuestionMap, RetainedName } from '../../ipc/heap.js';
import { pinnedNote } from './pinned.js';

type Sizes = HeapQuestionMap['heapSizes']['result'];

/** Order and length of the list, as they were asked for. */
export interface Wanted {
  sort?: 'size' | 'name' | 'cell' | undefined;
  limit?: number | undefined;
}

/**
 * Puts retained sizes in the place of walked ones: what would come back if the name alone went. What a snapshot does not
 * count keeps its walked figure: small numbers, and texts that live outside of V8's heap.
 *
 * @param walked the list of all that was asked for, not cut.
 * @param valueOf the value of a name.
 */
export function withExactSizes(
  walked: VariablesRecord,
  sizes: Sizes,
  valueOf: (name: string) => unknown,
  { sort = 'size', limit = Infinity }: Wanted,
): VariablesRecord {
  const byName = new Map(sizes.names.map((retained) => [retained.name, retained]));
  const variables = walked.variables.map((variable) => {
    const retained = byName.get(variable.name);
    return retained === undefined || retained.outside
      ? { ...variable, source: 'walk' as const }
      : exactly(variable, retained, valueOf(variable.name));
  });
  if (sort === 'size') variables.sort((a, b) => (b.bytes ?? 0) - (a.bytes ?? 0));
  const outside = variables.filter(({ source }) => source === 'walk').reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
  const vague = variables.find(({ source, precision }) => source === 'walk' && precision !== 'exact');
  return {
    ...walked,
    variables: variables.slice(0, limit),
    totalBytes: Math.round(sizes.together + outside),
    precision: vague?.precision ?? 'exact',
    truncated: variables.length > limit,
    ...(variables.length > limit ? { leftOut: variables.length - limit } : {}),
    source: 'snapshot',
  };
}

function exactly(variable: VariableRecord, retained: RetainedName, value: unknown): VariableRecord {
  const { aliases, pinned, retained: bytes } = retained;
  const heldElsewhere = retained.heldElsewhere && bytes >= WORTH_A_NOTE;
  const pins = pinned === null ? null : pinnedNote(variable.name, value, pinned);
  // What the walk ran out of time for, the snapshot has counted.
  const shares = aliases.length > 0 || heldElsewhere;
  const kept = variable.notes.filter(({ kind }) => kind !== 'budget' && !(kind === 'shared' && shares));
  const whole =
    aliases.length > 0 ? [aliasNote(aliases, bytes)] : heldElsewhere ? [elsewhereNote(variable, bytes)] : [];
  return {
    ...variable,
    bytes,
    low: bytes,
    high: bytes,
    precision: 'exact',
    sharedBytes: shares ? bytes : variable.sharedBytes === 0 ? 0 : null,
    notes: [...(pins === null ? [] : [pins]), ...whole, ...kept],
    source: 'snapshot',
  };
}

const elsewhereNote = ({ name }: VariableRecord, bytes: number): Note => ({
  kind: 'shared',
  text: `held by something else too: it does not go with this name alone; %why ${name} tells by what`,
  bytes,
});

const MOST_NAMES = 3;
/** V8 itself holds many small values. */
const WORTH_A_NOTE = 1_024;

function aliasNote(aliases: readonly string[], bytes: number): Note {
  const names = aliases.slice(0, MOST_NAMES).join(', ') + (aliases.length > MOST_NAMES ? ' and others' : '');
  return { kind: 'shared', text: `the same value as ${names}: it goes when all these names are freed`, bytes };
}
