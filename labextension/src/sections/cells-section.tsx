/** What each run of a cell cost. */
import type { CellRecord } from '@heapmark/protocol';
import { useMemo, type KeyboardEvent } from 'react';
import { batchText } from '../format.js';
import {
  arrangeRuns,
  barShare,
  largestCost,
  latestBatch,
  mostExpensive,
  runKey,
  type CellOrder,
} from '../model/cells.js';
import type { MemoryModel } from '../model/memory-model.js';
import { RowLayout } from '../model/row-layout.js';
import { CellRow, cellRowHeight } from './cell-row.js';
import { usePanel } from './context.js';
import { useArrangement, useModel, useSignal, useWatch } from './hooks.js';
import { OrderChoice, Section } from './section.js';
import { WindowedGrid } from './windowed-grid.js';

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
  const { trans, state, goToCell, cellEdits } = usePanel();
  useWatch(model, { topics: ['cell'] });
  useModel(model, 'cells', 'link');
  useSignal(cellEdits);
  const runs = arrangeRuns(model.cells.runs, state.arrangement.cellOrder);
  const heights = runs.map(cellRowHeight);
  const layout = useMemo(() => new RowLayout(heights), [heights.join()]);
  if (runs.length === 0) return <p className="hm-Quiet">{trans.__('No cell has run yet.')}</p>;
  const largest = largestCost(runs);
  const top = mostExpensive(runs);
  const batch = latestBatch(runs);
  return (
    <>
      {batch !== null && (
        <p className="hm-Quiet hm-Batch" title={trans.__('One collection confirmed what they keep together.')}>
          {batchText(batch, trans)}
        </p>
      )}
      <WindowedGrid<CellRecord>
        label={trans.__('Cells that ran')}
        className="hm-Cells"
        isFitted
        rows={runs}
        keyOf={runKey}
        layout={layout}
        revealed={state.revealedRun}
        renderRow={(run) => (
          <CellRow run={run} share={barShare(run, largest)} isTop={top.has(runKey(run))} model={model} />
        )}
        onKey={(run, { key }: KeyboardEvent) => {
          if (key !== 'Enter') return false;
          goToCell(model, run);
          return true;
        }}
      />
    </>
  );
}
