/** What is on show somewhere, and the one subscription that serves all of it. */
import type { Topic } from '@heapmark/protocol';

/** What one part of the interface shows while it is visible. */
export interface Interest {
  readonly topics: readonly Topic[];
  /** Shortest time between two samples that is of use; only with the topic `sample`. */
  readonly sampleEveryMs?: number;
}

/** The parameters of `subscribe`. */
export interface Subscription {
  topics: Topic[];
  sampleEveryMs?: number;
}

/** Everything that any of them wants, at the pace of the quickest. */
export function subscriptionFor(interests: Iterable<Interest>): Subscription {
  const topics = new Set<Topic>();
  let sampleEveryMs = Infinity;
  for (const interest of interests) {
    for (const topic of interest.topics) topics.add(topic);
    if (interest.topics.includes('sample')) sampleEveryMs = Math.min(sampleEveryMs, interest.sampleEveryMs ?? Infinity);
  }
  const sorted = [...topics].sort();
  return Number.isFinite(sampleEveryMs) ? { topics: sorted, sampleEveryMs } : { topics: sorted };
}

export const sameSubscription = (a: Subscription, b: Subscription): boolean =>
  a.sampleEveryMs === b.sampleEveryMs && a.topics.join() === b.topics.join();
