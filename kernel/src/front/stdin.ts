/** `input()` of user code: one question at a time to the front end that ran the cell. */
import type { ReceivedMessage } from './wire.js';

interface Pending {
  /** Routing of the front end that is asked. */
  client: ReceivedMessage;
  prompt: string;
  password: boolean;
  resolve(value: string): void;
  reject(error: Error): void;
}

/** `input()` could not be answered; the message tells the user why. */
export class StdinError extends Error {
  constructor(
    readonly code: 'STDIN_NOT_ALLOWED' | 'NO_CELL' | 'CELL_ENDED',
    message: string,
  ) {
    super(message);
    this.name = 'StdinError';
  }
}

export class StdinDesk {
  private readonly queue: Pending[] = [];

  /** @param request sends an `input_request` to the client that sent `client`. */
  constructor(
    private readonly request: (client: ReceivedMessage, content: { prompt: string; password: boolean }) => void,
  ) {}

  /** Resolves with what the user typed. */
  ask(client: ReceivedMessage, prompt: string, password: boolean): Promise<string> {
    return new Promise((resolve, reject) => {
      this.queue.push({ client, prompt, password, resolve, reject });
      if (this.queue.length === 1) this.sendFirst();
    });
  }

  /** An `input_reply` came. One that nobody waits for is ignored: its cell was interrupted. */
  reply(message: ReceivedMessage, value: string): boolean {
    const asked = this.queue[0];
    if (asked === undefined || asked.client.header.session !== message.header.session) return false;
    this.queue.shift();
    asked.resolve(value);
    this.sendFirst();
    return true;
  }

  /** The cell that asked is over. */
  cancel(client: ReceivedMessage): void {
    const first = this.queue[0];
    const ended = this.queue.filter((pending) => pending.client === client);
    const rest = this.queue.filter((pending) => pending.client !== client);
    this.queue.splice(0, this.queue.length, ...rest);
    for (const pending of ended) {
      pending.reject(new StdinError('CELL_ENDED', 'The cell ended before its input came.'));
    }
    if (this.queue[0] !== first) this.sendFirst();
  }

  private sendFirst(): void {
    const first = this.queue[0];
    if (first !== undefined) this.request(first.client, { prompt: first.prompt, password: first.password });
  }
}
