/** One run of a cell: what it kept, what made it so, and whether the cell is still as it ran. */
import { formatBytes, formatByteChange, formatDuration, type CellRecord, type MemorySample } from '@heapmark/protocol';
import { SETTLING, cellDetails, formatDelta, grewText } from '../format.js';
import { costOf } from '../model/cells.js';
import type { MemoryModel } from '../model/memory-model.js';
import { usedBytes } from '../model/samples.js';
import { usePanel } from './context.js';
import { useModel } from './hooks.js';

const ROW_HEIGHT = 42;
const LINE_HEIGHT = 16;

/** Pixels of a row. */
export const cellRowHeight = (run: CellRecord): number => ROW_HEIGHT + (grewText(run) === null ? 0 : LINE_HEIGHT);

export interface CellRowProps {
  readonly run: CellRecord;
  /** Part of the bar that is filled, 0 to 1. */
  readonly share: number;
  /** One of the most expensive runs. */
  readonly isTop: boolean;
  readonly model: MemoryModel;
}

export function CellRow({ run, share, isTop, model }: CellRowProps): JSX.Element {
  const { trans, goToCell, cellNow } = usePanel();
  const { state, firstLine } = cellNow(model, run);
  const marks = [
    ...(run.lost ? [trans.__('lost')] : []),
    ...(run.status === 'error' ? [trans.__('failed')] : []),
    ...(run.status === 'aborted' ? [trans.__('aborted')] : []),
    ...(state === 'edited' ? [trans.__('edited')] : []),
    ...(state === 'deleted' ? [trans.__('deleted')] : []),
  ];
  const grew = grewText(run);
  const classes = [
    'hm-Cell',
    ...(state === 'deleted' || run.lost ? ['hm-mod-gone'] : []),
    ...(isTop ? ['hm-mod-top'] : []),
  ];
  return (
    <div
      role="gridcell"
      className={classes.join(' ')}
      title={cellDetails(run, trans)}
      onClick={() => goToCell(model, run)}
    >
      <div className="hm-Cell-source">
        <span className="hm-Cell-count">[{run.executionCount}]</span>
        <code>{run.source ?? firstLine ?? ''}</code>
        {marks.length > 0 && <span className="hm-Cell-marks">{marks.join(', ')}</span>}
        {run.status === 'running' ? (
          <RunningTime run={run} model={model} />
        ) : (
          <span className="hm-Cell-more">{formatDuration(run.elapsedMs)}</span>
        )}
      </div>
      {run.status === 'running' ? <RunningCost run={run} model={model} /> : <Cost run={run} share={share} />}
      {grew !== null && <div className="hm-Cell-grew">{grew}</div>}
    </div>
  );
}

function Cost({ run, share }: { run: CellRecord; share: number }): JSX.Element {
  const { trans } = usePanel();
  const cost = costOf(run);
  return (
    <div className="hm-Cell-cost">
      <span className="hm-Bar" aria-hidden="true">
        <span
          className={`hm-Bar-fill${cost !== null && cost < 0 ? ' hm-mod-freed' : ''}`}
          style={{ width: `${share * 100}%` }}
        />
      </span>
      <span className="hm-Figure">{formatDelta(run)}</span>
      <span className="hm-Cell-more">
        {(run.tensorDelta ?? 0) !== 0 && <span>{trans.__('%1 tensors', formatByteChange(run.tensorDelta))}</span>}
        {run.peak !== null && <span>{trans.__('peak %1', formatBytes(run.peak, run.peakPrecision))}</span>}
      </span>
    </div>
  );
}

/** While a cell runs: what is in use above what was there when it began, garbage included. */
function RunningCost({ run, model }: { run: CellRecord; model: MemoryModel }): JSX.Element {
  useModel(model, 'samples');
  const used = model.latest === null || model.latest.time < run.startedAt ? null : usedBytes(model.latest);
  const before = run.before ?? sampleBefore(model, run);
  const then = before === null ? null : usedBytes(before);
  const text = used === null || then === null ? SETTLING : formatByteChange(used - then, 'estimate');
  return (
    <div className="hm-Cell-cost">
      <span className="hm-Figure">{text}</span>
    </div>
  );
}

/** The last sample before a run, where the kernel measures its start only at its end. */
function sampleBefore({ samples }: MemoryModel, { startedAt }: CellRecord): MemorySample | null {
  const first = samples.since(startedAt)[0];
  return first === undefined || first.time > startedAt ? null : first;
}

function RunningTime({ run, model }: { run: CellRecord; model: MemoryModel }): JSX.Element {
  const { trans } = usePanel();
  useModel(model, 'samples');
  const elapsed = model.latest === null ? null : Math.max(0, model.latest.time - run.startedAt);
  return <span className="hm-Cell-more">{trans.__('running, %1', formatDuration(elapsed))}</span>;
}
