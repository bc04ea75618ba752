/** What the variables hold: found, sorted, looked into, chosen and freed. */
import { formatBytes, type VariableRecord } from '@heapmark/protocol';
import { searchIcon } from '@jupyterlab/ui-components';
import { useEffect, useMemo, useState, type KeyboardEvent } from 'react';
import { clockTime } from '../format.js';
import type { MemoryModel } from '../model/memory-model.js';
import { RowLayout } from '../model/row-layout.js';
import {
  arrangeVariables,
  chosenBytes,
  lacksRows,
  type VariableOrder,
  type VariablesSnapshot,
} from '../model/variables.js';
import { usePanel } from './context.js';
import { useArrangement, useModel, useWatch } from './hooks.js';
import { OutcomeLine } from './outcome-line.js';
import { OrderChoice, Section } from './section.js';
import { VariableDetails, VariableRow, rowHeight } from './variable-row.js';
import { WindowedGrid } from './windowed-grid.js';

export function VariablesSection({ model }: { model: MemoryModel }): JSX.Element {
  const { trans, state } = usePanel();
  useArrangement(state);
  const orders: { value: VariableOrder; text: string }[] = [
    { value: 'size', text: trans.__('by size') },
    { value: 'name', text: trans.__('by name') },
    { value: 'cell', text: trans.__('by cell') },
  ];
  return (
    <Section
      name="variables"
      title={trans.__('Variables')}
      tools={
        <>
          <FilterBox />
          <OrderChoice
            label={trans.__('Order of the variables')}
            value={state.arrangement.variableOrder}
            options={orders}
            onChange={(variableOrder) => state.arrange({ variableOrder })}
          />
        </>
      }
    >
      <Variables model={model} />
    </Section>
  );
}

function FilterBox(): JSX.Element {
  const { trans, state } = usePanel();
  return (
    <label className="hm-Filter">
      <searchIcon.react tag="span" className="hm-Filter-icon" />
      <input
        type="search"
        placeholder={trans.__('filter')}
        aria-label={trans.__('Filter variables by name or type')}
        value={state.filter}
        onChange={(event) => state.filterBy(event.currentTarget.value)}
      />
    </label>
  );
}

function Variables({ model }: { model: MemoryModel }): JSX.Element {
  const { trans } = usePanel();
  useWatch(model, { topics: ['variables', 'cell', 'progress'] });
  useModel(model, 'variables', 'cells', 'link');
  const { snapshot } = model.variables;
  if (snapshot === null) return <p className="hm-Quiet">{trans.__('Waiting for the list…')}</p>;
  return (
    <>
      <AsOf snapshot={snapshot} model={model} />
      {snapshot.record.variables.length === 0 ? (
        <p className="hm-Quiet">{trans.__('No variables yet.')}</p>
      ) : (
        <VariableList model={model} snapshot={snapshot} />
      )}
      <Footer model={model} snapshot={snapshot} />
      <OutcomeLine model={model} />
    </>
  );
}

/** Says from when a list is that may no longer hold. */
function AsOf({ snapshot, model }: { snapshot: VariablesSnapshot; model: MemoryModel }): JSX.Element | null {
  const { trans } = usePanel();
  const { record, stale, asOf } = snapshot;
  if (stale) {
    return <p className="hm-Quiet">{trans.__('as of %1', clockTime(asOf))}</p>;
  }
  if (!record.truncated) return null;
  if (model.variables.listsAll || !lacksRows(record)) {
    return <p className="hm-Quiet">{trans.__('Not all could be measured in time.')}</p>;
  }
  return (
    <p className="hm-Quiet">
      {trans._n('The largest one.', 'The largest %1.', record.variables.length)}{' '}
      <button type="button" className="hm-Link" onClick={() => model.variables.listAll()}>
        {trans.__('Show all')}
      </button>
    </p>
  );
}

function VariableList({ model, snapshot }: { model: MemoryModel; snapshot: VariablesSnapshot }): JSX.Element {
  const { trans, state, free } = usePanel();
  const [detailsHeight, setDetailsHeight] = useState(0);
  useModel(model, 'chosen');
  const { filter, opened } = state;
  const order = state.arrangement.variableOrder;
  const { variables } = snapshot.record;
  const needsAll = lacksRows(snapshot.record) && !model.variables.listsAll && (filter !== '' || order !== 'size');
  useEffect(() => {
    if (needsAll) model.variables.listAll();
  }, [needsAll, model]);
  const rows = useMemo(() => arrangeVariables(variables, { filter, order }), [variables, filter, order]);
  const layout = useMemo(
    () => new RowLayout(rows.map((row) => rowHeight(row) + (row.name === opened ? detailsHeight : 0))),
    [rows, opened, detailsHeight],
  );
  if (rows.length === 0)
    return <p className="hm-Quiet">{trans.__('No variable has "%1" in its name or type.', filter)}</p>;
  const onKey = (row: VariableRecord, { key }: KeyboardEvent): boolean => {
    if (key === ' ') model.variables.choose([row.name], !model.variables.chosen.has(row.name));
    else if (key === 'Enter') state.toggleDetails(row.name);
    else if (key === 'Delete') free(model, model.variables.chosen.size > 0 ? [...model.variables.chosen] : [row.name]);
    else return false;
    return true;
  };
  return (
    <WindowedGrid<VariableRecord>
      label={trans.__('Variables')}
      className={`hm-Variables${snapshot.stale ? ' hm-mod-old' : ''}`}
      rows={rows}
      keyOf={(row) => row.name}
      layout={layout}
      isSelected={(row) => model.variables.chosen.has(row.name)}
      renderRow={(row) => (
        <>
          <VariableRow row={row} model={model} />
          {row.name === opened && <VariableDetails row={row} model={model} onHeight={setDetailsHeight} />}
        </>
      )}
      onKey={onKey}
    />
  );
}

/** How many are chosen and what they hold, and the way to free them. */
function Footer({ model, snapshot }: { model: MemoryModel; snapshot: VariablesSnapshot }): JSX.Element {
  const { trans, free } = usePanel();
  useModel(model, 'chosen', 'actions');
  const { variables, totalBytes, precision, hiddenCount } = snapshot.record;
  const count = model.variables.chosen.size;
  const held = chosenBytes(variables, model.variables.chosen);
  const size = formatBytes(held.bytes, held.shared || !held.complete ? 'estimate' : 'exact');
  const text =
    count === 0
      ? trans._n('%1 variable, %2', '%1 variables, %2', variables.length, formatBytes(totalBytes, precision))
      : trans.__('%1 of %2 chosen, %3', count, variables.length, size);
  return (
    <div className="hm-Footer">
      <span
        title={trans._n(
          '%1 function, class, import or _name is not listed',
          '%1 functions, classes, imports and _names are not listed',
          hiddenCount,
        )}
      >
        {text}
      </span>
      <button
        type="button"
        className="hm-Button"
        disabled={count === 0 || model.actions.activity !== null || model.linkState.kind !== 'ready'}
        title={trans.__('Free the chosen variables. The same from a cell: %free NAME')}
        onClick={() => free(model, [...model.variables.chosen])}
      >
        {trans.__('Free…')}
      </button>
    </div>
  );
}
