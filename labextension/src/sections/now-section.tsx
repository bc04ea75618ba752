/** Where memory stands now: the sum, the nearest limit, and how it came to be. */
import { formatBytes, type MemorySample } from '@heapmark/protocol';
import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import type { ReactNode } from 'react';
import { clockTime, percent, type Translation } from '../format.js';
import type { LiveLimit } from '../model/limits.js';
import type { MemoryModel } from '../model/memory-model.js';
import { RANGES_MS } from '../model/panel-state.js';
import { usedBytes } from '../model/samples.js';
import { usePanel } from './context.js';
import { useArrangement, useModel, useWatch } from './hooks.js';
import { Section } from './section.js';
import { ShareMeter } from './share-meter.js';
import { Timeline } from './timeline.js';

export function NowSection({ model }: { model: MemoryModel }): JSX.Element {
  const { trans } = usePanel();
  return (
    <Section name="now" title={trans.__('Now')} tools={<RangeChoice />}>
      <Now model={model} />
    </Section>
  );
}

function Now({ model }: { model: MemoryModel }): JSX.Element {
  const { trans, settings, state } = usePanel();
  useWatch(model, { topics: ['sample', 'cell'], sampleEveryMs: settings.sampleEveryMs });
  useModel(model, 'samples', 'cells', 'link');
  useArrangement(state);
  const { latest, limits } = model;
  if (latest === null) return <p className="hm-Quiet">{trans.__('Waiting for the first figures…')}</p>;
  const isOld = model.linkState.kind !== 'ready';
  return (
    <div className={isOld ? 'hm-mod-old' : ''}>
      <div className="hm-Now-line" title={allFigures(latest, limits, model.notes, trans)}>
        <span className="hm-Now-used">{formatBytes(usedBytes(latest))}</span>
        <span className="hm-Now-what">{trans.__('in use')}</span>
      </div>
      <Limits limits={limits} />
      <Timeline model={model} />
      {isOld && <p className="hm-Quiet">{trans.__('as of %1', clockTime(latest.time))}</p>}
    </div>
  );
}

/** A limit nearer than this needs action. */
export const NEAR = 0.85;

/** The figure, its limit and the share belong together: what counts against one limit is not what counts against another. */
export function limitText({ kind, used, limit, derived }: LiveLimit, trans: Translation): string {
  return trans.__(
    '%1 %2 of %3, %4',
    limitName(kind, trans),
    formatBytes(used, derived ? 'estimate' : 'exact'),
    formatBytes(limit),
    percent(used / limit),
  );
}

/** Every known limit, the nearest first; the others on a click. */
function Limits({ limits }: { limits: readonly LiveLimit[] }): JSX.Element {
  const { trans, state } = usePanel();
  const [nearest, ...others] = limits;
  if (nearest === undefined) return <p className="hm-Quiet">{trans.__('no limit known')}</p>;
  const isOpen = state.arrangement.showsLimits;
  const Caret = isOpen ? caretDownIcon : caretRightIcon;
  return (
    <div className="hm-Limits">
      <Limit limit={nearest}>
        {others.length > 0 && (
          <button
            type="button"
            className="hm-Limit-more"
            aria-expanded={isOpen}
            aria-label={trans.__('All limits')}
            title={trans.__('All limits')}
            onClick={() => state.arrange({ showsLimits: !isOpen })}
          >
            <Caret.react tag="span" className="hm-Section-caret" />
          </button>
        )}
      </Limit>
      {isOpen && others.map((limit) => <Limit key={`${limit.kind} ${limit.limit}`} limit={limit} />)}
    </div>
  );
}

function Limit({ limit, children }: { limit: LiveLimit; children?: ReactNode }): JSX.Element {
  const { trans } = usePanel();
  const share = limit.used / limit.limit;
  const isNear = share >= NEAR;
  return (
    <div className={`hm-Limit${isNear ? ' hm-mod-near' : ''}`} title={limit.text}>
      <span className="hm-Limit-text">{limitText(limit, trans)}</span>
      {children}
      <ShareMeter share={share} label={trans.__('Share of the %1', limitName(limit.kind, trans))} />
    </div>
  );
}

export function limitName(kind: LiveLimit['kind'], trans: Translation): string {
  switch (kind) {
    case 'heap':
      return trans.__('heap');
    case 'memlimit':
      return trans.__('limit');
    case 'cgroup':
      return trans.__('container');
    case 'machine':
      return trans.__('machine');
  }
}

/** Every figure with its source, for hover. */
export function allFigures(
  sample: MemorySample,
  limits: readonly LiveLimit[],
  notes: readonly string[],
  trans: Translation,
): string {
  const lines = [
    trans.__('JavaScript heap in use: %1 (committed %2)', formatBytes(sample.heapUsed), formatBytes(sample.heapTotal)),
    trans.__('ArrayBuffers and Buffers: %1', formatBytes(sample.arrayBuffers)),
    trans.__('other external memory: %1', formatBytes(sample.otherExternal)),
    trans.__('process memory (RSS): %1', formatBytes(sample.rss)),
    trans.__('tensors: %1', formatBytes(sample.tensors)),
    trans.__('user workers: %1', formatBytes(sample.workers)),
  ];
  for (const limit of limits) lines.push(`${limitText(limit, trans)}${limit.text === '' ? '' : `: ${limit.text}`}`);
  return [...lines, ...notes, trans.__('The same from a cell: %mem')].join('\n');
}

function RangeChoice(): JSX.Element {
  const { trans, state } = usePanel();
  useArrangement(state);
  const names = [trans.__('2 min'), trans.__('10 min'), trans.__('1 h'), trans.__('8 h')];
  return (
    <select
      className="hm-Choice"
      aria-label={trans.__('How far back the timeline goes')}
      title={trans.__('How far back the timeline goes')}
      value={state.arrangement.rangeMs}
      onChange={(event) => state.arrange({ rangeMs: Number(event.currentTarget.value) })}
    >
      {RANGES_MS.map((range, index) => (
        <option key={range} value={range}>
          {names[index]}
        </option>
      ))}
    </select>
  );
}
