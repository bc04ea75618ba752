/** What the memory client needs of a Jupyter kernel: one comm, and whether the kernel is there. */
import type { ISignal } from '@lumino/signaling';

/** One comm, seen from the client: ordered messages both ways until either end closes it. */
export interface Channel {
  /** The comm's id, known to the kernel too. */
  readonly id: string;
  /** Sends one message. Resolves when the kernel has dealt with it, whether or not it answered; rejects when it cannot. */
  send(message: object): Promise<void>;
  /** Ends the comm from this side. `onClose` is not called. */
  close(): void;
  onMessage: ((data: unknown) => void) | null;
  /** The kernel ended the comm, or it went with the kernel. */
  onClose: (() => void) | null;
}

/**
 * Whether a kernel can be talked to. `restarting` and `dead` mean that whatever it held is gone; after `disconnected` the
 * kernel may still be as it was.
 */
export type PortState = 'up' | 'starting' | 'restarting' | 'disconnected' | 'dead';

/** A kernel as the client sees it. */
export interface KernelPort {
  readonly kernelId: string;
  readonly state: PortState;
  readonly stateChanged: ISignal<KernelPort, PortState>;
  /** Opens a comm to the target. Throws when the kernel takes none. */
  open(target: string): Channel;
}
