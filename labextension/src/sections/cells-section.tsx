/** What each run of a cell cost. */
import { formatByteChange, formatBytes, formatDuration, type CellRecord, type MemorySample } from '@heapmark/protocol';
import { useMemo, type KeyboardEvent } from 'react';
import { SETTLING, cellDetails, formatDelta } from '../format.js';
import { arrangeRuns, barShare, costOf, largestCost, type CellOrder } from '../model/cells.js';
import type { MemoryModel } from '../model/memory-model.js';
import { RowLayout } from '../model/row-layout.js';
import { usedBytes } from '../model/samples.js';
import { usePanel } from './context.js';
import { useArrangement, useModel, useWatch } from './hooks.js';
import { OrderChoice, Section } from './section.js';
import { WindowedGrid } from './windowed-grid.js';

const ROW_HEIGHT = 42;

export function CellsSection({ model }: { model: MemoryModel }): JSX.Element {
  const { trans, state } = usePanel();
  useArrangement(state);
  const orders: { value: CellOrder; text: string }[] = [
    { value: 'cost', text: trans.__('by cost') },
    { value: 'order', text: trans.__('newest first') },
  ];
  return (
    <Section
      name="cells"
      title={trans.__('Cells')}
      tools={
        <OrderChoice
          label={trans.__('Order of the cells')}
          value={state.arrangement.cellOrder}
          options={orders}
          onChange={(cellOrder) => state.arrange({ cellOrder })}
        />
      }
    >
      <Cells model={model} />
    </Section>
  );
}

function Cells({ model }: { model: MemoryModel }): JSX.Element {
  const { trans, state, goToCell } = usePanel();
  useWatch(model, { topics: ['cell'] });
  useModel(model, 'cells', 'link');
  const runs = arrangeRuns(model.cells.runs, state.arrangement.cellOrder);
  const layout = useMemo(() => new RowLayout(Array.from({ length: runs.length }, () => ROW_HEIGHT)), [runs.length]);
  if (runs.length === 0) return <p className="hm-Quiet">{trans.__('No cell has run yet.')}</p>;
  const largest = largestCost(runs);
  return (
    <WindowedGrid<CellRecord>
      label={trans.__('Cells that ran')}
      className="hm-Cells"
      isFitted
      rows={runs}
      keyOf={(run) => `${run.executionCount} ${run.startedAt}`}
      layout={layout}
      renderRow={(run) => <CellRow run={run} share={barShare(run, largest)} model={model} />}
      onKey={(run, { key }: KeyboardEvent) => {
        if (key !== 'Enter') return false;
        goToCell(model, run);
        return true;
      }}
    />
  );
}

function CellRow({ run, share, model }: { run: CellRecord; share: number; model: MemoryModel }): JSX.Element {
  const { trans, goToCell, firstLine } = usePanel();
  const now = firstLine(model, run);
  const isGone = now === null && run.cellId !== null;
  return (
    <div
      role="gridcell"
      className={`hm-Cell${isGone ? ' hm-mod-gone' : ''}`}
      title={cellDetails(run, trans)}
      onClick={() => goToCell(model, run)}
    >
      <div className="hm-Cell-source">
        <span className="hm-Cell-count">[{run.executionCount}]</span>
        <code>{run.source ?? now ?? ''}</code>
        {isGone && <span className="hm-Quiet">{trans.__('deleted')}</span>}
        {run.status === 'error' && <span className="hm-Quiet">{trans.__('failed')}</span>}
        {run.status === 'running' ? (
          <RunningFigure run={run} model={model} />
        ) : (
          <span className="hm-Figure">{formatDelta(run)}</span>
        )}
      </div>
      {run.status === 'running' ? <RunningTime run={run} model={model} /> : <Cost run={run} share={share} />}
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
      <span className="hm-Cell-more">
        {(run.tensorDelta ?? 0) !== 0 && <span>{trans.__('%1 tensors', formatByteChange(run.tensorDelta))}</span>}
        {run.peak !== null && <span>{trans.__('peak %1', formatBytes(run.peak, run.peakPrecision))}</span>}
        <span>{formatDuration(run.elapsedMs)}</span>
      </span>
    </div>
  );
}

/** While a cell runs: what is in use above what was there when it began, garbage included. */
function RunningFigure({ run, model }: { run: CellRecord; model: MemoryModel }): JSX.Element {
  useModel(model, 'samples');
  const used = model.latest === null || model.latest.time < run.startedAt ? null : usedBytes(model.latest);
  const before = run.before ?? sampleBefore(model, run);
  const then = before === null ? null : usedBytes(before);
  const text = used === null || then === null ? SETTLING : formatByteChange(used - then, 'estimate');
  return <span className="hm-Figure">{text}</span>;
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
  return (
    <div className="hm-Cell-cost">
      <span className="hm-Cell-more">{trans.__('running, %1', formatDuration(elapsed))}</span>
    </div>
  );
}
