/** What goes on, and what the last action brought: measured, and there until the next. */
import { formatBytes, formatDuration } from '@heapmark/protocol';
import { clockTime, freeSummary, gcSummary } from '../format.js';
import type { MemoryModel } from '../model/memory-model.js';
import type { Activity, Outcome } from '../model/actions.js';
import { percent, type Translation } from '../format.js';
import { usePanel } from './context.js';
import { useModel } from './hooks.js';

export function OutcomeLine({ model }: { model: MemoryModel }): JSX.Element {
  const { trans } = usePanel();
  useModel(model, 'actions');
  const { activity, outcome } = model.actions;
  return (
    <div className="hm-Outcome" role="status" aria-live="polite">
      {activity !== null ? (
        <>
          <span>{activityText(activity, trans)}</span>
          <button type="button" className="hm-Link" onClick={() => model.actions.cancel()}>
            {trans.__('Cancel')}
          </button>
        </>
      ) : (
        outcome !== null && (
          <span className={outcome.kind === 'failure' ? 'hm-mod-failed' : ''} title={clockTime(outcome.at)}>
            {outcomeText(outcome, trans)}
          </span>
        )
      )}
    </div>
  );
}

function activityText({ kind, text, done }: Activity, trans: Translation): string {
  const words: Record<Activity['kind'], string> = {
    free: trans.__('Freeing and collecting…'),
    gc: trans.__('Collecting…'),
    snapshot: trans.__('Taking a heap snapshot…'),
    measure: trans.__('Measuring all variables…'),
  };
  const what = text ?? words[kind];
  return done === null ? what : `${what} ${percent(done)}`;
}

/** The outcome in one sentence. */
export function outcomeText(outcome: Outcome, trans: Translation): string {
  switch (outcome.kind) {
    case 'free':
      return freeSummary(outcome.record, trans);
    case 'gc':
      return gcSummary(outcome.record, trans);
    case 'snapshot': {
      const { path, bytes, elapsedMs } = outcome.record;
      return trans.__('%1 written in %2: %3', formatBytes(bytes), formatDuration(elapsedMs), path);
    }
    case 'measure':
      return trans._n(
        '%1 variable measured in %2',
        '%1 variables measured in %2',
        outcome.record.variables.length,
        formatDuration(outcome.record.elapsedMs),
      );
    case 'failure':
      return outcome.message;
  }
}
