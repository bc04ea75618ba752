/**
 * Comms: two-way channels between front ends and the kernel. Those of the memory protocol end in the front, so that they
 * answer while a cell runs; all others belong to user code in the runtime.
 * https://jupyter-client.readthedocs.io/en/stable/messaging.html#custom-messages
 */
import { COMM_TARGET } from '@heapmark/protocol';
import type { CommMessage } from '../ipc/messages.js';
import type { Broadcast } from './broadcast.js';
import type { Logger } from './log.js';
import type { Header } from './wire.js';

/** One open comm of the memory protocol. */
export interface MemoryPeer {
  receive(data: unknown): void;
  close(): void;
}

/** Opens a peer that sends by `send`. */
export type PeerFactory = (send: (data: Record<string, unknown>) => void) => MemoryPeer;

/** Comms at most: front ends that come and go without closing must not fill the memory. */
const MAX_COMMS = 1_000;
/** Of the memory protocol; the oldest is closed when another one opens. */
const MAX_MEMORY_COMMS = 32;

type Comm = { target: string; peer: MemoryPeer | null };

export class CommHub {
  private readonly comms = new Map<string, Comm>();

  constructor(
    private readonly broadcast: Broadcast,
    private readonly openPeer: PeerFactory,
    private readonly toRuntime: (message: CommMessage) => void,
    private readonly log: Logger,
  ) {}

  /** Open comms, of one target when it is named. */
  list(target: string | null): Record<string, { target_name: string }> {
    const wanted = [...this.comms].filter(([, comm]) => target === null || comm.target === target);
    return Object.fromEntries(wanted.map(([id, comm]) => [id, { target_name: comm.target }]));
  }

  /** A front end opened, used or closed a comm. */
  fromClient(message: CommMessage, parent: Header): void {
    switch (message.kind) {
      case 'open':
        this.open(message, parent);
        break;
      case 'msg':
        this.deliver(message, parent);
        break;
      case 'close':
        this.closedByClient(message);
        break;
    }
  }

  /** User code opened, used or closed a comm, or the runtime refuses one whose target nobody registered. */
  fromRuntime(message: CommMessage, parent: Header | null): void {
    if (message.kind === 'open') this.remember(message.commId, { target: message.targetName ?? '', peer: null });
    if (message.kind === 'close') this.comms.delete(message.commId);
    this.tell(message, parent);
  }

  /** All comms of user code died with the runtime. */
  runtimeDied(): void {
    for (const [id, comm] of [...this.comms]) {
      if (comm.peer === null) this.refuse(id, null);
    }
  }

  private open(message: CommMessage, parent: Header): void {
    const target = message.targetName ?? '';
    if (this.comms.has(message.commId)) {
      this.log.warn(`comm ${message.commId} was opened a second time`);
      return;
    }
    if (target !== COMM_TARGET) {
      this.remember(message.commId, { target, peer: null });
      this.toRuntime(message);
      return;
    }
    const peer = this.openPeer((data) => this.tell({ ...EMPTY, kind: 'msg', commId: message.commId, data }, null));
    this.remember(message.commId, { target, peer });
    this.limitMemoryComms(parent);
    if (isRequest(message.data)) peer.receive(message.data);
  }

  private deliver(message: CommMessage, parent: Header): void {
    const comm = this.comms.get(message.commId);
    if (comm === undefined) {
      this.log.debug(`a message for comm ${message.commId}, which is not open`);
      this.refuse(message.commId, parent);
    } else if (comm.peer === null) this.toRuntime(message);
    else comm.peer.receive(message.data);
  }

  private closedByClient(message: CommMessage): void {
    const comm = this.comms.get(message.commId);
    if (comm === undefined) return;
    this.comms.delete(message.commId);
    if (comm.peer === null) this.toRuntime(message);
    else comm.peer.close();
  }

  private remember(id: string, comm: Comm): void {
    this.comms.set(id, comm);
    if (this.comms.size <= MAX_COMMS) return;
    const [oldest] = this.comms.keys();
    if (oldest !== undefined) this.drop(oldest);
  }

  private limitMemoryComms(parent: Header): void {
    const open = [...this.comms].filter(([, comm]) => comm.peer !== null);
    for (const [id] of open.slice(0, Math.max(0, open.length - MAX_MEMORY_COMMS))) this.drop(id, parent);
  }

  private drop(id: string, parent: Header | null = null): void {
    const comm = this.comms.get(id);
    this.log.warn(`comm ${id} was closed: too many are open`);
    if (comm?.peer === null) this.toRuntime({ ...EMPTY, kind: 'close', commId: id });
    else comm?.peer?.close();
    this.refuse(id, parent);
  }

  private refuse(id: string, parent: Header | null): void {
    this.comms.delete(id);
    this.tell({ ...EMPTY, kind: 'close', commId: id }, parent);
  }

  private tell(message: CommMessage, parent: Header | null): void {
    const { kind, commId, targetName, data, metadata, buffers } = message;
    const opening = kind === 'open' ? { target_name: targetName ?? '' } : {};
    this.broadcast.send(`comm_${kind}`, { comm_id: commId, ...opening, data: data ?? {} }, parent, buffers, metadata);
  }
}

const EMPTY = { data: {}, metadata: {}, buffers: [] };

const isRequest = (data: unknown): boolean => typeof data === 'object' && data !== null && 'jsonrpc' in data;
