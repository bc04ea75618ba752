import { oneOf, type Static } from './schema.js';

/** How a figure was got. */
export const Precision = oneOf(
  ['exact', 'estimate', 'atLeast', 'unavailable'],
  'exact: counted; estimate: modelled or extrapolated, shown "~"; atLeast: a certain floor, shown "≥"; unavailable: shown "—", never 0',
);
export type Precision = Static<typeof Precision>;

/** What a person reads before a figure of that precision. */
export const precisionMark: Record<Precision, string> = { exact: '', estimate: '~', atLeast: '≥', unavailable: '—' };
