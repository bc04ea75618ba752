/** Who this kernel is on the wire: makes headers, and messages caused by another. */
import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { JUPYTER_PROTOCOL_VERSION } from './messages.js';
import type { Content, Header, Message } from './wire.js';

export class Session {
  readonly id = randomUUID();
  private readonly username = currentUser();
  private count = 0;

  /** A new message. `parent` is the header of what caused it, `null` when nothing did. */
  message(type: string, content: Content, parent: Header | null, extra: Partial<Message> = {}): Message {
    this.count += 1;
    return {
      header: {
        msg_id: `${this.id}_${this.count}`,
        msg_type: type,
        session: this.id,
        username: this.username,
        date: new Date().toISOString(),
        version: JUPYTER_PROTOCOL_VERSION,
      },
      parent: parent ?? {},
      metadata: extra.metadata ?? {},
      content,
      buffers: extra.buffers ?? [],
    };
  }
}

function currentUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a user id that has no entry.
    return 'heapmark';
  }
}
