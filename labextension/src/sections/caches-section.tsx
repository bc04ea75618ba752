/** Every cache of the kernel's process: what it holds, how often it is hit, and the ways to empty or bound it. */
import { formatBytes, formatDuration, type CacheRecord } from '@heapmark/protocol';
import { InputDialog } from '@jupyterlab/apputils';
import { clearIcon, editIcon } from '@jupyterlab/ui-components';
import { percent, type Translation } from '../format.js';
import type { MemoryModel } from '../model/memory-model.js';
import { usePanel } from './context.js';
import { useAfterCells, useArrangement, useModel } from './hooks.js';
import { Section } from './section.js';

export function CachesSection({ model }: { model: MemoryModel }): JSX.Element | null {
  const { trans, state } = usePanel();
  useModel(model, 'caches', 'link');
  useArrangement(state);
  const { caches } = model;
  useAfterCells(model, !state.isClosed('caches'), () => void caches.fetch());
  // A section without content is absent.
  if (caches.records.length === 0) return null;
  return (
    <Section name="caches" title={trans.__('Caches')}>
      {caches.outcome !== null && (
        <p className="hm-Quiet" role="status">
          {caches.outcome}
        </p>
      )}
      <ul className="hm-Caches">
        {caches.records.map((record) => (
          <CacheRow key={record.name} record={record} model={model} />
        ))}
      </ul>
    </Section>
  );
}

function CacheRow({ record, model }: { record: CacheRecord; model: MemoryModel }): JSX.Element {
  const { trans } = usePanel();
  const { caches } = model;
  const { name, kind, hits, misses, size, maxSize, bytes, precision, advice } = record;
  const uses = (hits ?? 0) + (misses ?? 0);
  const count = maxSize === null ? String(size ?? '—') : trans.__('%1 of %2', size ?? '—', maxSize);
  return (
    <li className="hm-Cache" title={detailsOf(record, trans)}>
      <div className="hm-Cache-line">
        <code className="hm-Cache-name">{name}</code>
        <span className="hm-Quiet">{kind}</span>
        <span className="hm-Figure">{formatBytes(bytes, precision)}</span>
      </div>
      <div className="hm-Cache-line hm-Quiet">
        <span>{uses === 0 ? trans.__('hits —') : trans.__('hits %1', percent((hits ?? 0) / uses))}</span>
        <SparkLine rates={caches.ratesOf(name)} label={trans.__('Hit rate of %1, cell by cell', name)} />
        <span className="hm-Cache-count">{count}</span>
        {record.resizable && (
          <button
            type="button"
            className="hm-Cache-action"
            aria-label={trans.__('Set the bound of %1', name)}
            title={trans.__('Set the bound: %caches resize')}
            onClick={() => void askForBound(record, model, trans)}
          >
            <editIcon.react tag="span" />
          </button>
        )}
        {record.clearable && (
          <button
            type="button"
            className="hm-Cache-action"
            aria-label={trans.__('Empty %1', name)}
            title={trans.__('Empty it: %caches clear')}
            onClick={() =>
              void caches.clear(name, (cleared, held) =>
                trans.__('Emptied %1: %2 entries, which held %3', name, cleared, formatBytes(held, 'estimate')),
              )
            }
          >
            <clearIcon.react tag="span" />
          </button>
        )}
      </div>
      {advice !== null && <div className="hm-Cache-advice">{advice}</div>}
    </li>
  );
}

async function askForBound({ name, maxSize }: CacheRecord, model: MemoryModel, trans: Translation): Promise<void> {
  const { value, button } = await InputDialog.getNumber({
    title: trans.__('Most entries of %1', name),
    value: maxSize ?? 128,
  });
  if (!button.accept || value === null || !Number.isInteger(value) || value < 0) return;
  await model.caches.resize(name, value, (evicted) => trans.__('%1 holds at most %2; %3 left', name, value, evicted));
}

function detailsOf(record: CacheRecord, trans: Translation): string {
  const { hits, misses, evictions, loads, averageLoadMs, savedMs, maxBytes } = record;
  return [
    ...(hits === null ? [] : [trans.__('%1 hits, %2 misses', hits, misses ?? '—')]),
    ...(evictions === null ? [] : [trans.__('%1 evictions', evictions)]),
    ...(loads === null ? [] : [trans.__('%1 loads of %2 each', loads, formatDuration(averageLoadMs))]),
    ...(savedMs === null ? [] : [trans.__('%1 saved', formatDuration(savedMs))]),
    ...(maxBytes === null ? [] : [trans.__('at most %1', formatBytes(maxBytes))]),
  ].join('\n');
}

const WIDTH = 60;
const HEIGHT = 12;

function SparkLine({ rates, label }: { rates: readonly number[]; label: string }): JSX.Element | null {
  if (rates.length < 2) return null;
  const step = WIDTH / (rates.length - 1);
  const points = rates.map((rate, at) => `${(at * step).toFixed(1)},${(1 + (HEIGHT - 2) * (1 - rate)).toFixed(1)}`);
  return (
    <svg className="hm-Cache-spark" width={WIDTH} height={HEIGHT} role="img" aria-label={label}>
      <polyline points={points.join(' ')} />
    </svg>
  );
}
