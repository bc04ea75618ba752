/** Keeps what the kernel sends in line with what is shown. */
import type { Topic } from '@heapmark/protocol';
import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import type { KernelLink } from '../client/link.js';
import { sameSubscription, subscriptionFor, type Interest, type Subscription } from './interests.js';

export interface SubscriberOptions {
  /** These topics are subscribed to from now on: what came before has to be asked for. */
  added(topics: readonly Topic[]): void;
  failed(error: unknown): void;
}

const NOTHING: Subscription = { topics: [] };

export class Subscriber {
  readonly #link: KernelLink;
  readonly #options: SubscriberOptions;
  readonly #interests = new Set<Interest>();
  #subscribed = NOTHING;
  #isDue = false;

  constructor(link: KernelLink, options: SubscriberOptions) {
    this.#link = link;
    this.#options = options;
  }

  /** What the kernel sends now. */
  get topics(): readonly Topic[] {
    return this.#subscribed.topics;
  }

  /** Something is shown until the result is disposed. */
  add(interest: Interest): IDisposable {
    this.#interests.add(interest);
    this.#synchronise();
    return new DisposableDelegate(() => {
      this.#interests.delete(interest);
      this.#synchronise();
    });
  }

  /** The connection is another, or none: a new one knows of no subscription. */
  renew(): void {
    this.#subscribed = NOTHING;
    this.#synchronise();
  }

  /** Changes of one turn are sent together. */
  #synchronise(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      const wanted = subscriptionFor(this.#interests);
      if (this.#link.state.kind !== 'ready' || sameSubscription(wanted, this.#subscribed)) return;
      const added = wanted.topics.filter((topic) => !this.#subscribed.topics.includes(topic));
      this.#subscribed = wanted;
      this.#link.request('subscribe', wanted).catch(this.#options.failed);
      this.#options.added(added);
    });
  }
}
