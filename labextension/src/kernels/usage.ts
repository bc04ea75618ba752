/** What a kernel of any language says of its own memory, by the message `usage_request` of Jupyter's resource usage. */
import { KernelMessage, type Kernel } from '@jupyterlab/services';

/** A kernel that does not know the message never answers it. */
const PATIENCE_MS = 5000;

export interface KernelUsage {
  /** Bytes of the kernel's processes. */
  readonly memory: number | null;
  /** Share of one core, 0 to 1 and above. */
  readonly cpu: number | null;
}

/** Asks over a connection; `null` when the kernel does not answer, or not with a figure. */
export async function askUsage(connection: Kernel.IKernelConnection): Promise<KernelUsage | null> {
  const message = KernelMessage.createMessage({
    msgType: 'usage_request',
    channel: 'control',
    username: connection.username,
    session: connection.clientId,
    content: {},
  } as unknown as KernelMessage.IOptions<KernelMessage.IInterruptRequestMsg>);
  const future = connection.sendControlMessage(message, true);
  const timer = setTimeout(() => future.dispose(), PATIENCE_MS);
  try {
    const reply = await new Promise<unknown>((resolve, reject) => {
      future.onReply = ({ content }: { content: unknown }) => resolve(content);
      future.done.then(resolve, reject);
    });
    return readUsage(reply);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/** Reads what a kernel answered; whatever is no figure is unknown. */
export function readUsage(content: unknown): KernelUsage | null {
  if (typeof content !== 'object' || content === null) return null;
  const raw = content as Record<string, unknown>;
  const figure = (key: string): number | null => {
    const value = raw[key];
    return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
  };
  const [memory, percent] = [figure('kernel_memory'), figure('kernel_cpu')];
  return memory === null && percent === null ? null : { memory, cpu: percent === null ? null : percent / 100 };
}
