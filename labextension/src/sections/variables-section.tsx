/** What the variables hold: found, sorted, looked into, chosen and freed. */
import { formatBytes, type VariableRecord } from '@heapmark/protocol';
import { searchIcon } from '@jupyterlab/ui-components';
import { useEffect, useMemo, useState, type KeyboardEvent } from 'react';
import { clockTime, type Translation } from '../format.js';
import type { MemoryModel } from '../model/memory-model.js';
import { RowLayout } from '../model/row-layout.js';
import {
  COLUMNS,
  arrangeVariables,
  chosenBytes,
  lacksRows,
  type VariableOrder,
  type VariablesSnapshot,
} from '../model/variables.js';
import { hasMagic } from './available.js';
import { usePanel } from './context.js';
import { useArrangement, useModel, useWatch } from './hooks.js';
import { OutcomeLine } from './outcome-line.js';
import { Section } from './section.js';
import { confirmSnapshot } from './snapshot-dialog.js';
import { VariableDetails } from './variable-details.js';
import { VariableRow, rowHeight } from './variable-row.js';
import { WindowedGrid } from './windowed-grid.js';

export function VariablesSection({ model }: { model: MemoryModel }): JSX.Element {
  const { trans, state } = usePanel();
  useArrangement(state);
  const [choosesColumns, setChoosesColumns] = useState(false);
  return (
    <Section
      name="variables"
      title={trans.__('Variables')}
      tools={
        <>
          <FilterBox />
          <button
            type="button"
            className="hm-Choice"
            aria-expanded={choosesColumns}
            title={trans.__('Choose what stands beside the names')}
            onClick={() => setChoosesColumns(!choosesColumns)}
          >
            {trans.__('columns')}
          </button>
        </>
      }
    >
      {choosesColumns && <ColumnChoice />}
      <Variables model={model} />
    </Section>
  );
}

function ColumnChoice(): JSX.Element {
  const { trans, state } = usePanel();
  const names = columnNames(trans);
  return (
    <fieldset className="hm-Columns">
      <legend className="hm-Quiet">{trans.__('Beside the names')}</legend>
      {COLUMNS.map((column) => (
        <label key={column}>
          <input
            type="checkbox"
            checked={state.arrangement.columns.includes(column)}
            onChange={() => state.toggleColumn(column)}
          />
          {names[column]}
        </label>
      ))}
    </fieldset>
  );
}

const columnNames = (trans: Translation): Record<VariableOrder, string> => ({
  name: trans.__('name'),
  type: trans.__('type'),
  cell: trans.__('cell'),
  shared: trans.__('shared'),
  tensors: trans.__('tensors'),
  size: trans.__('size'),
});

/** Names of the columns; a click sorts by one. */
function ListHead(): JSX.Element {
  const { trans, state } = usePanel();
  const { columns, variableOrder } = state.arrangement;
  const names = columnNames(trans);
  const heads: VariableOrder[] = ['name', ...COLUMNS.filter((column) => columns.includes(column))];
  return (
    <div className="hm-ListHead" role="row">
      {heads.map((column) => (
        <span
          key={column}
          role="columnheader"
          className={`hm-Column-${column}`}
          aria-sort={
            column !== variableOrder ? 'none' : column === 'name' || column === 'type' ? 'ascending' : 'descending'
          }
        >
          <button
            type="button"
            className={column === variableOrder ? 'hm-mod-sorted' : ''}
            title={trans.__('Sort by %1', names[column])}
            onClick={() => state.arrange({ variableOrder: column })}
          >
            {names[column]}
          </button>
        </span>
      ))}
    </div>
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
        title={trans.__('Part of a name or type; type:map; cell:3; >1MB or <10kB for the size')}
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
  const { record, stale, asOf, restAsOf } = snapshot;
  if (stale) return <p className="hm-Quiet">{trans.__('as of %1', clockTime(restAsOf ?? asOf))}</p>;
  // The footer says so: a line that comes and goes here would move the rows.
  if (restAsOf !== undefined) return null;
  if (!record.truncated) return null;
  if (model.variables.listsAll || !lacksRows(record)) {
    return <NotAllMeasured model={model} />;
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

/** Some sizes are missing or estimates: a heap snapshot has them all, and takes its time. */
function NotAllMeasured({ model }: { model: MemoryModel }): JSX.Element {
  const { trans } = usePanel();
  useModel(model, 'actions');
  const methods = model.linkState.kind === 'ready' ? model.linkState.hello.methods : [];
  const measure = async (): Promise<void> => {
    const wish = await confirmSnapshot(model, trans.__('Measure all variables?'), trans);
    if (wish !== null) await model.measureAll(wish);
  };
  return (
    <p className="hm-Quiet">
      {trans.__('Not all could be measured in time.')}{' '}
      {model.actions.activity === null && methods.includes('snapshotCost') && (
        <button
          type="button"
          className="hm-Link"
          title={hasMagic(model, 'vars', '--exact') ? trans.__('The same from a cell: %vars --exact') : undefined}
          onClick={() => void measure()}
        >
          {trans.__('Measure all')}
        </button>
      )}
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
  if (rows.length === 0) return <p className="hm-Quiet">{trans.__('No variable fits "%1".', filter)}</p>;
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
      head={<ListHead />}
      reusesRows
      isSelected={(row) => model.variables.chosen.has(row.name)}
      renderRow={(row) => (
        <>
          <VariableRow row={row} model={model} />
          {row.name === opened && (
            <VariableDetails key={row.name} row={row} model={model} onHeight={setDetailsHeight} />
          )}
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
  const all =
    count === 0
      ? trans._n('%1 variable, %2', '%1 variables, %2', variables.length, formatBytes(totalBytes, precision))
      : trans.__('%1 of %2 chosen, %3', count, variables.length, size);
  const { restAsOf } = snapshot;
  const text = restAsOf === undefined ? all : trans.__('%1; the smaller as of %2', all, clockTime(restAsOf));
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
