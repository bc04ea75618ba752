/**
 * The memory protocol's kernel side: JSON-RPC 2.0 over comms, checked against the protocol's schemas in both directions.
 * Nothing is sent that a comm did not ask for.
 */
import {
  ErrorCode,
  PROTOCOL_VERSION,
  ProtocolError,
  RequestMessage,
  ValidationError,
  events,
  failure,
  fits,
  isRequestMethod,
  mergedMarks,
  notification,
  parse,
  requests,
  result,
  type EventMap,
  type EventName,
  type GcMark,
  type MemorySample,
  type MessageId,
  type RequestMap,
  type RequestMethod,
  type Topic,
} from '@heapmark/protocol';
import type { MemoryPeer } from './comms.js';
import { reasonOf, type Logger } from './log.js';

/** Methods that concern one comm alone are answered here; all others by the kernel. */
type PeerMethod = 'hello' | 'subscribe' | 'cancel';
export type KernelMethod = Exclude<RequestMethod, PeerMethod>;

export type MethodHandlers = {
  [M in KernelMethod]: (params: RequestMap[M]['params'], signal: AbortSignal) => Promise<RequestMap[M]['result']>;
};

/** What a kernel says of itself in the first exchange. */
export interface Greeting {
  kernelVersion: string;
  language: string;
  methods: RequestMethod[];
  heapLimit(): number | null;
}

const TOPICS: readonly Topic[] = ['sample', 'cell', 'variables', 'warning', 'progress'];
const FASTEST_SAMPLES_MS = 250;
/** Timers are not exact: a sample a little early still counts. */
const SAMPLE_SLACK_MS = 40;
const MAX_PENDING = 64;

interface Peer {
  send(data: Record<string, unknown>): void;
  greeted: boolean;
  topics: Set<Topic>;
  sampleEveryMs: number;
  lastSampleAt: number;
  /** Collections of samples that came too soon for it. */
  untold: GcMark[];
  pending: Map<MessageId, AbortController>;
}

export class MemoryServer {
  private readonly peers = new Set<Peer>();

  /** @param onInterest told the topics that anybody wants, each time they change. */
  constructor(
    private readonly handlers: MethodHandlers,
    private readonly greeting: Greeting,
    private readonly onInterest: (topics: ReadonlySet<Topic>) => void,
    private readonly log: Logger,
  ) {}

  open(send: Peer['send']): MemoryPeer {
    const peer: Peer = {
      send,
      greeted: false,
      topics: new Set(),
      sampleEveryMs: FASTEST_SAMPLES_MS,
      lastSampleAt: -Infinity,
      untold: [],
      pending: new Map(),
    };
    this.peers.add(peer);
    return {
      receive: (data) => void this.receive(peer, data),
      close: () => this.close(peer),
    };
  }

  /** Sends an event to those who subscribed to its topic. */
  emit<E extends EventName>(name: E, params: EventMap[E]): void {
    const wanting = [...this.peers].filter((peer) => peer.topics.has(name));
    if (wanting.length === 0) return;
    try {
      parse(events[name] as never, params);
    } catch (error) {
      this.log.error(`event ${name} does not fit its schema: ${reasonOf(error)}`);
      return;
    }
    for (const peer of wanting) {
      if (name === 'sample') this.sendSample(peer, params as MemorySample);
      else peer.send({ ...notification(name, params) });
    }
  }

  /** Leaves out what comes too soon, but none of the collections that it tells of. */
  private sendSample(peer: Peer, sample: MemorySample): void {
    const { collections } = sample;
    if (collections !== undefined) peer.untold = mergedMarks(peer.untold, collections);
    const now = performance.now();
    if (now - peer.lastSampleAt < peer.sampleEveryMs - SAMPLE_SLACK_MS) return;
    peer.lastSampleAt = now;
    const whole = collections === undefined ? sample : { ...sample, collections: peer.untold };
    peer.untold = [];
    peer.send({ ...notification('sample', whole) });
  }

  private close(peer: Peer): void {
    this.peers.delete(peer);
    for (const controller of peer.pending.values()) controller.abort();
    this.interestChanged();
  }

  private async receive(peer: Peer, data: unknown): Promise<void> {
    if (!fits(RequestMessage, data)) {
      peer.send({ ...failure(null, ErrorCode.invalidRequest, 'This is not a JSON-RPC 2.0 request with an id.') });
      return;
    }
    const { id, method } = data;
    try {
      const value = await this.answer(peer, id, method, data.params ?? {});
      peer.send({ ...result(id, value) });
    } catch (error) {
      peer.send({ ...this.failureOf(id, method, error) });
    }
  }

  private async answer(peer: Peer, id: MessageId, method: string, params: unknown): Promise<unknown> {
    if (!isRequestMethod(method)) {
      throw new ProtocolError(ErrorCode.methodNotFound, `There is no method ${JSON.stringify(method)}.`);
    }
    checkParams(method, params);
    if (!peer.greeted && method !== 'hello') {
      throw new ProtocolError(ErrorCode.invalidRequest, 'The first request on a comm is hello.');
    }
    switch (method) {
      case 'hello':
        return this.hello(peer, params as RequestMap['hello']['params']);
      case 'subscribe':
        return this.subscribe(peer, params as RequestMap['subscribe']['params']);
      case 'cancel':
        return cancel(peer, params as RequestMap['cancel']['params']);
      default:
        return this.ask(peer, id, method, params);
    }
  }

  private async ask(peer: Peer, id: MessageId, method: KernelMethod, params: unknown): Promise<unknown> {
    if (peer.pending.has(id)) {
      throw new ProtocolError(ErrorCode.invalidRequest, `Request ${id} is under way: use a new id for each request.`);
    }
    if (peer.pending.size >= MAX_PENDING) {
      throw new ProtocolError(ErrorCode.busy, `${MAX_PENDING} requests are under way: wait for one or cancel it.`);
    }
    const controller = new AbortController();
    peer.pending.set(id, controller);
    try {
      const handler = this.handlers[method] as (params: unknown, signal: AbortSignal) => Promise<unknown>;
      const cancelled = new Promise<never>((_resolve, reject) => {
        controller.signal.addEventListener('abort', () => reject(new ProtocolError(ErrorCode.cancelled, 'Cancelled.')));
      });
      const value = await Promise.race([handler(params, controller.signal), cancelled]);
      return parse(requests[method].result as never, value);
    } finally {
      peer.pending.delete(id);
    }
  }

  private hello(peer: Peer, { version }: RequestMap['hello']['params']): RequestMap['hello']['result'] {
    if (version < PROTOCOL_VERSION) {
      throw new ProtocolError(
        ErrorCode.unsupportedVersion,
        `This kernel speaks version ${PROTOCOL_VERSION} of the memory protocol, not ${version}: update the panel.`,
        { versions: [PROTOCOL_VERSION] },
      );
    }
    peer.greeted = true;
    const { kernelVersion, language, methods } = this.greeting;
    const heapLimit = this.greeting.heapLimit();
    return {
      version: PROTOCOL_VERSION,
      kernel: 'heapmark',
      kernelVersion,
      language,
      methods,
      topics: [...TOPICS],
      heapLimit,
    };
  }

  private subscribe(peer: Peer, params: RequestMap['subscribe']['params']): RequestMap['subscribe']['result'] {
    peer.topics = new Set(params.topics);
    peer.sampleEveryMs = Math.max(FASTEST_SAMPLES_MS, params.sampleEveryMs ?? FASTEST_SAMPLES_MS);
    peer.lastSampleAt = -Infinity;
    this.interestChanged();
    return { topics: [...peer.topics] };
  }

  private interestChanged(): void {
    this.onInterest(new Set([...this.peers].flatMap((peer) => [...peer.topics])));
  }

  private failureOf(id: MessageId, method: string, error: unknown): ReturnType<typeof failure> {
    if (error instanceof ProtocolError) return failure(id, error.code, error.message, error.data);
    if (error instanceof ValidationError) {
      this.log.error(`the answer to ${method} does not fit its schema: ${error.message}`);
    }
    return failure(id, ErrorCode.internalError, reasonOf(error));
  }
}

function checkParams(method: RequestMethod, params: unknown): void {
  try {
    parse(requests[method].params as never, params);
  } catch (error) {
    throw new ProtocolError(ErrorCode.invalidParams, `${method}: ${reasonOf(error)}`);
  }
}

function cancel(peer: Peer, { id }: RequestMap['cancel']['params']): RequestMap['cancel']['result'] {
  const controller = peer.pending.get(id);
  controller?.abort();
  return { cancelled: controller !== undefined };
}
