/** Events of the memory protocol: notifications from the kernel to those who subscribed to their topic. */
import { CellRecord, MemorySample } from './records/memory.js';
import { VariablesRecord } from './records/variable.js';
import {
  array,
  boolean,
  bytes,
  ms,
  nullable,
  number,
  object,
  oneOf,
  optional,
  string,
  union,
  integer,
  type Static,
} from './schema.js';

export const events = {
  sample: MemorySample,
  /** A cell began, ended, or its delta was confirmed: the whole record each time. */
  cell: object({ cell: CellRecord }),
  variables: object({ record: VariablesRecord, asOf: number() }),
  warning: object({
    kind: oneOf(['nearLimit', 'growth', 'runtimeDied', 'runtimeReset', 'stopped', 'tensorLeak', 'other']),
    text: string(),
    used: optional(nullable(bytes())),
    limit: optional(nullable(bytes())),
    bytesPerSecond: optional(number('growth: what is added each second and lives on')),
    reachesInMs: optional(ms('growth: until the limit, when it goes on like this')),
    largest: optional(array(object({ name: string(), bytes: nullable(bytes()) }))),
  }),
  progress: object({
    id: union([integer(), string()]),
    text: string(),
    done: nullable(number('0 to 1; null when unknown')),
    cancellable: boolean(),
  }),
} as const;

export type EventName = keyof typeof events;
export type EventMap = { [E in EventName]: Static<(typeof events)[E]> };

export const isEventName = (name: string): name is EventName => Object.hasOwn(events, name);
