import { expect, it } from 'vitest';
import { sameSubscription, subscriptionFor } from '../../../../labextension/src/model/interests.js';

it('asks for every topic once, at the quickest pace that anybody needs', () => {
  expect(
    subscriptionFor([
      { topics: ['sample', 'cell'], sampleEveryMs: 5000 },
      { topics: ['sample'], sampleEveryMs: 400 },
      { topics: ['cell', 'warning'] },
    ]),
  ).toEqual({ topics: ['cell', 'sample', 'warning'], sampleEveryMs: 400 });
});

it('leaves the pace to the kernel where nobody names one', () => {
  expect(subscriptionFor([{ topics: ['sample'] }])).toEqual({ topics: ['sample'] });
});

it('does not take the pace from somebody who wants no samples', () => {
  expect(subscriptionFor([{ topics: ['cell'], sampleEveryMs: 1 }])).toEqual({ topics: ['cell'] });
});

it('is silence when nothing is shown', () => {
  expect(subscriptionFor([])).toEqual({ topics: [] });
});

it('knows two subscriptions that differ in their pace alone', () => {
  expect(sameSubscription({ topics: ['sample'], sampleEveryMs: 1 }, { topics: ['sample'] })).toBe(false);
  expect(sameSubscription({ topics: ['sample'] }, { topics: ['sample'] })).toBe(true);
});
