/** What keeps a value alive, asked for in place. A heap snapshot may take its time: it can be given up. */
import type { WhyRecord } from '@heapmark/protocol';
import { useEffect, useRef, useState } from 'react';
import type { MemoryModel, SnapshotWish } from '../model/memory-model.js';
import { hasMagic } from './available.js';
import { usePanel } from './context.js';
import { InlineCode } from './inline-code.js';
import { confirmSnapshot } from './snapshot-dialog.js';

type Answer =
  | { readonly kind: 'none' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'known'; readonly record: WhyRecord };

/** The question of one variable and its answer. */
export interface WhyQuestion {
  readonly answer: Answer;
  /** Whether the kernel can look into a heap snapshot. */
  readonly maySnapshot: boolean;
  /** Looks without a snapshot. */
  ask(): void;
  /** Counts all holders in a heap snapshot, once the person has agreed to what that costs. */
  askSnapshot(): Promise<void>;
  cancel(): void;
}

export function useWhy(name: string, model: MemoryModel): WhyQuestion {
  const [answer, setAnswer] = useState<Answer>({ kind: 'none' });
  const asking = useRef<AbortController | null>(null);
  const { trans } = usePanel();
  useEffect(() => () => asking.current?.abort(), [name, model]);
  const ask = (wish: SnapshotWish | null): void => {
    const abort = new AbortController();
    asking.current = abort;
    setAnswer({ kind: 'asking' });
    model.why(name, wish, abort.signal).then(
      (record) => setAnswer({ kind: 'known', record }),
      (error: Error) => setAnswer(abort.signal.aborted ? { kind: 'none' } : { kind: 'failed', message: error.message }),
    );
  };
  return {
    answer,
    maySnapshot: model.linkState.kind === 'ready' && model.linkState.hello.methods.includes('snapshotCost'),
    ask: () => ask(null),
    async askSnapshot() {
      const wish = await confirmSnapshot(model, trans.__('Look for all holders of %1?', name), trans);
      if (wish !== null) ask(wish);
    },
    cancel: () => asking.current?.abort(),
  };
}

/** The button that asks. */
export function WhyButton({ name, model, why }: { name: string; model: MemoryModel; why: WhyQuestion }): JSX.Element {
  const { trans } = usePanel();
  return (
    <button
      type="button"
      className="hm-Button"
      disabled={why.answer.kind === 'asking'}
      title={hasMagic(model, 'why') ? trans.__('The same from a cell: %why %1', name) : undefined}
      onClick={() => why.ask()}
    >
      {trans.__('Why alive?')}
    </button>
  );
}

export function WhyAnswer({ why }: { why: WhyQuestion }): JSX.Element | null {
  const { trans } = usePanel();
  const { answer } = why;
  switch (answer.kind) {
    case 'none':
      return null;
    case 'asking':
      return (
        <p className="hm-Details-note" role="status">
          {trans.__('Looking for what holds it…')}{' '}
          <button type="button" className="hm-Link" onClick={() => why.cancel()}>
            {trans.__('Cancel')}
          </button>
        </p>
      );
    case 'failed':
      return (
        <p className="hm-Details-note" role="status">
          <InlineCode text={answer.message} />
        </p>
      );
    case 'known':
      return <Holders record={answer.record} why={why} />;
  }
}

function Holders({ record, why }: { record: WhyRecord; why: WhyQuestion }): JSX.Element {
  const { trans } = usePanel();
  const { alive, holders, holderCount, source, reason, remedy } = record;
  const more = (holderCount ?? 0) - holders.length;
  return (
    <div className="hm-Holders" role="status">
      <p>{alive ? trans.__('Held by') : trans.__('Nothing holds it: it goes with the next collection.')}</p>
      {holders.length > 0 && (
        <ol>
          {holders.map(({ text }) => (
            <li key={text}>
              <InlineCode text={text} />
            </li>
          ))}
        </ol>
      )}
      {more > 0 && <p>{trans._n('and %1 more', 'and %1 more', more)}</p>}
      {reason !== null && (
        <p>
          <InlineCode text={reason} />
        </p>
      )}
      {alive && source === 'walk' && why.maySnapshot && (
        <button
          type="button"
          className="hm-Link"
          title={trans.__('Code that runs, closures, timers and listeners hold values too: a heap snapshot shows them')}
          onClick={() => void why.askSnapshot()}
        >
          {trans.__('All holders…')}
        </button>
      )}
      {remedy !== null && (
        <p>
          <InlineCode text={remedy} />
        </p>
      )}
    </div>
  );
}
