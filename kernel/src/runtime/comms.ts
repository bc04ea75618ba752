/** Comms that user code opens or answers: messages between a cell and a widget or another front end's code. */
import { EventEmitter } from 'node:events';
import type { CommMessage, FromRuntime } from '../ipc/messages.js';
import { asBytes } from '../render/bytes.js';
import { asJson } from '../render/json.js';
import { currentRun, runAs, type CellRun } from './cell-run.js';

/** What comes with a message beside its data. */
export interface CommExtras {
  metadata?: Record<string, unknown>;
  buffers?: readonly (ArrayBufferView | ArrayBuffer)[];
}

/** A message as a handler gets it. */
export interface CommEvent {
  data: unknown;
  metadata: Record<string, unknown>;
  buffers: Uint8Array[];
}

/** Answers a front end that opens a comm. */
export type CommTargetHandler = (comm: Comm, opening: CommEvent) => void;

type Post = (kind: CommMessage['kind'], comm: Comm, data: unknown, extras: CommExtras, targetName?: string) => void;

/** One end of a comm. */
export class Comm {
  closed = false;
  private readonly events = new EventEmitter();

  constructor(
    readonly commId: string,
    readonly targetName: string,
    private readonly post: Post,
    private readonly owner: CellRun | null,
  ) {}

  /** Sends data that JSON can hold; `buffers` go beside it as they are. Throws when the comm is closed. */
  send(data: unknown, extras: CommExtras = {}): void {
    if (this.closed) throw new Error(`The comm ${this.commId} is closed: open another with createComm().`);
    this.post('msg', this, data, extras);
  }

  close(data: unknown = {}, extras: CommExtras = {}): void {
    if (this.closed) return;
    this.closed = true;
    this.post('close', this, data, extras);
  }

  onMessage(handler: (event: CommEvent) => void): this {
    this.events.on('msg', handler);
    return this;
  }

  onClose(handler: (event: CommEvent) => void): this {
    this.events.on('close', handler);
    return this;
  }

  /** Gives a message to the handlers, as code of the cell that made the comm. */
  deliver(kind: 'msg' | 'close', event: CommEvent): void {
    if (kind === 'close') this.closed = true;
    const emit = (): void => void this.events.emit(kind, event);
    if (this.owner === null) emit();
    else runAs(this.owner, emit);
  }
}

export class Comms {
  private readonly open = new Map<string, Comm>();
  private readonly targets = new Map<string, { handler: CommTargetHandler; owner: CellRun | null }>();

  constructor(private readonly sendFrame: (message: FromRuntime) => void) {}

  /** Opens a comm to the front end's target of that name. */
  create(targetName: string, data: unknown = {}, extras: CommExtras = {}): Comm {
    const comm = new Comm(crypto.randomUUID(), targetName, this.post, currentRun());
    this.open.set(comm.commId, comm);
    this.post('open', comm, data, extras, targetName);
    return comm;
  }

  /** Lets front ends open comms of this name; a later handler replaces an earlier one. */
  register(targetName: string, handler: CommTargetHandler): void {
    this.targets.set(targetName, { handler, owner: currentRun() });
  }

  /** Takes a message of the front. */
  receive(message: CommMessage): void {
    const event: CommEvent = { data: message.data, metadata: message.metadata, buffers: message.buffers };
    if (message.kind === 'open') {
      this.accept(message.commId, message.targetName ?? '', event);
      return;
    }
    const comm = this.open.get(message.commId);
    if (message.kind === 'close') this.open.delete(message.commId);
    comm?.deliver(message.kind, event);
  }

  private accept(commId: string, targetName: string, event: CommEvent): void {
    const target = this.targets.get(targetName);
    const comm = new Comm(commId, targetName, this.post, target?.owner ?? null);
    if (target === undefined) {
      // The protocol's answer to an unknown target.
      comm.close();
      return;
    }
    this.open.set(commId, comm);
    const call = (): void => target.handler(comm, event);
    if (target.owner === null) call();
    else runAs(target.owner, call);
  }

  private readonly post: Post = (kind, comm, data, { metadata = {}, buffers = [] }, targetName) => {
    if (kind === 'close') this.open.delete(comm.commId);
    const message: CommMessage = {
      kind,
      commId: comm.commId,
      data: asJson(data, 'Data of a comm'),
      metadata: asJson(metadata, 'Metadata of a comm') as typeof metadata,
      buffers: buffers.map(asBytes),
    };
    if (targetName !== undefined) message.targetName = targetName;
    this.sendFrame({ type: 'comm', tag: currentRun()?.tag ?? null, message });
  };
}
