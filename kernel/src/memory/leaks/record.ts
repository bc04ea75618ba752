/** The record of a search for leaks. */
import { formatBytes, type LeakRecord } from '@heapmark/protocol';
import { READING_NOISE } from '../reading.js';
import type { Explanation } from './explain.js';
import { SERIES, type Findings, type SeriesName } from './search.js';
import { CONFIDENCE } from './slope.js';

export interface Circumstances {
  readonly elapsedMs: number;
  readonly interrupted: boolean;
  readonly explanation: Explanation | null;
}

/** Kinds of which nothing is told, as a part of the largest: V8 and the kernel move by as much. */
const BESIDE_THE_POINT = 0.02;

export function leakRecord(findings: Findings, { elapsedMs, interrupted, explanation }: Circumstances): LeakRecord {
  const { trend, byKind, iterations, warmup } = findings;
  const leaking = verdictOf(findings);
  const { slope } = trend;
  const rates = ratesOf(findings);
  const extra = leaking === true ? (beside(rates) ?? 0) : 0;
  return {
    leaking,
    bytesPerIteration: slope === null ? null : slope.rate + extra,
    interval: slope === null ? null : { low: slope.low + extra, high: slope.high + extra, confidence: CONFIDENCE },
    resolution: trend.resolution,
    iterations,
    warmup,
    filled: trend.filled > READING_NOISE ? Math.round(trend.filled) : 0,
    byKind: rates,
    growth: leaking === true ? growthOf(findings, rates, explanation) : [],
    growthReason: explanation?.reason ?? null,
    complete: !interrupted && findings.ended === null,
    reason: reasonOf(findings, leaking, interrupted),
    elapsedMs,
  };

  function ratesOf({ trend: whole }: Findings): LeakRecord['byKind'] {
    // Of one number of iterations, so that the parts are parts of the whole.
    const rate = (name: SeriesName): number | null => byKind[name].slope?.rate ?? null;
    const native = byKind.native.state === 'grows' ? rate('native') : null;
    const rates = Object.fromEntries(SERIES.map((name) => [name, rate(name)])) as LeakRecord['byKind'];
    return { ...rates, native: whole.slope === null ? null : native };
  }
}

/** Whether it leaks; `null` where there was too little to tell. */
export function verdictOf({ trend, byKind }: Pick<Findings, 'trend' | 'byKind'>): boolean | null {
  const states = [trend, byKind.tensors, byKind.native].map(({ state }) => state);
  if (states.includes('grows')) return true;
  if (trend.slope === null || states[0] === 'slowing' || states[0] === 'unclear') return null;
  return false;
}

/** What grows outside of JavaScript's memory, bytes per iteration: tensors in no buffer, and native memory. */
function beside({ arrayBuffers, otherExternal, tensors, native }: LeakRecord['byKind']): number | null {
  const outside = (arrayBuffers ?? 0) + (otherExternal ?? 0);
  const tensorsOutside = tensors === null ? 0 : Math.max(0, tensors - Math.max(0, outside));
  return native === null ? tensorsOutside : Math.max(tensorsOutside, native);
}

function growthOf(
  { byKind, trend }: Findings,
  rates: LeakRecord['byKind'],
  explanation: Explanation | null,
): LeakRecord['growth'] {
  const found = explanation?.growth ?? [];
  const most = Math.max(0, ...found.map(({ bytesPerIteration }) => bytesPerIteration));
  const rows = found
    .filter(({ bytesPerIteration }) => bytesPerIteration >= most * BESIDE_THE_POINT)
    .map(({ holder, ...kind }): LeakRecord['growth'][number] => ({ ...kind, holder: holder?.text ?? null }));
  const named = rows.reduce((sum, { bytesPerIteration }) => sum + (bytesPerIteration ?? 0), 0);
  const rest = (rates.otherExternal ?? 0) - Math.max(0, named - (rates.heap ?? 0) - (rates.arrayBuffers ?? 0));
  const without = { count: null, holder: null, line: null, source: null };
  if (byKind.otherExternal.state === 'grows' && rest > Math.abs(trend.slope?.rate ?? 0) / 2)
    rows.push({ kind: 'other external memory', bytesPerIteration: rest, ...without });
  if (byKind.tensors.state === 'grows') rows.push({ kind: 'tensors', bytesPerIteration: rates.tensors, ...without });
  if (byKind.native.state === 'grows')
    rows.push({ kind: 'native memory', bytesPerIteration: rates.native, ...without });
  return rows.sort((a, b) => (b.bytesPerIteration ?? 0) - (a.bytesPerIteration ?? 0));
}

function reasonOf(findings: Findings, leaking: boolean | null, interrupted: boolean): string | null {
  const { ended, iterations, planned, trend } = findings;
  const of = planned > iterations ? ` of ${planned.toLocaleString('en-US')}` : '';
  const after = `${iterations.toLocaleString('en-US')}${of} iterations`;
  if (interrupted) return `interrupted after ${after}`;
  if (ended === 'memory') {
    const left = (trend.slope?.rate ?? 0) * iterations;
    const came = left > 0 ? `, which left ${formatBytes(left, 'estimate')} behind` : '';
    return `ended after ${after}${came}: more would have endangered the runtime`;
  }
  if (ended === 'time') return `the time was over after ${after}`;
  if (leaking !== null) return null;
  if (trend.state === 'slowing')
    return 'memory still grows, but less and less, as a cache that fills: more iterations (-n) tell';
  return trend.slope === null
    ? `${after} are too few to tell: -n 1000 takes more`
    : `memory seems to grow, and not clearly: more iterations (-n) tell`;
}
