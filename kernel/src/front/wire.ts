/**
 * Jupyter's wire format: routing identities, a delimiter, a signature, four JSON parts and any number of buffers.
 * https://jupyter-client.readthedocs.io/en/stable/messaging.html#the-wire-protocol
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

const DELIMITER = Buffer.from('<IDS|MSG>', 'latin1');
const SIGNED_PARTS = 4;

export interface Header {
  msg_id: string;
  msg_type: string;
  session: string;
  username: string;
  date: string;
  version: string;
}

export type Content = Record<string, unknown>;

/** A message without its routing. `parent` is `{}` when nothing caused it. */
export interface Message {
  header: Header;
  parent: Header | Record<string, never>;
  metadata: Record<string, unknown>;
  content: Content;
  buffers: Uint8Array[];
}

/** A message as it came from a socket. */
export interface ReceivedMessage extends Message {
  /** Routing prefix: send a reply with the same one. */
  identities: Buffer[];
}

/** Why frames were not accepted as a message. */
export class WireError extends Error {
  constructor(
    readonly code: 'MALFORMED' | 'BAD_SIGNATURE' | 'REPLAYED',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'WireError';
  }
}

/** Signs and checks with one key. An empty key turns signing off, as the protocol defines. */
export class Signer {
  private readonly algorithm: string;

  /** Throws when the scheme is not `hmac-` and a hash that this Node knows. */
  constructor(
    private readonly key: string,
    scheme: string,
  ) {
    const hash = /^hmac-(\w+)$/.exec(scheme)?.[1];
    if (hash === undefined) throw new WireError('MALFORMED', `Signature scheme ${JSON.stringify(scheme)} is unknown.`);
    this.algorithm = hash;
    if (this.enabled) createHmac(hash, key);
  }

  get enabled(): boolean {
    return this.key !== '';
  }

  /** Hexadecimal digest of the parts in order; empty when signing is off. */
  sign(parts: readonly Uint8Array[]): string {
    if (!this.enabled) return '';
    const hmac = createHmac(this.algorithm, this.key);
    for (const part of parts) hmac.update(part);
    return hmac.digest('hex');
  }

  /** Compares in constant time; true for anything when signing is off. */
  accepts(signature: Buffer, parts: readonly Uint8Array[]): boolean {
    if (!this.enabled) return true;
    const expected = Buffer.from(this.sign(parts), 'latin1');
    return expected.length === signature.length && timingSafeEqual(expected, signature);
  }
}

/** Remembers the last signatures, so that a recorded message cannot be sent a second time. */
export class ReplayWindow {
  private readonly seen = new Set<string>();

  constructor(private readonly size = 65_536) {}

  /** Notes a signature; false when it was there already. */
  admit(signature: string): boolean {
    if (this.seen.has(signature)) return false;
    this.seen.add(signature);
    if (this.seen.size > this.size) {
      const [oldest] = this.seen;
      if (oldest !== undefined) this.seen.delete(oldest);
    }
    return true;
  }
}

/** Frames of a message, routing first. */
export function encode(message: Message, signer: Signer, identities: readonly Uint8Array[] = []): Uint8Array[] {
  const parts = [message.header, message.parent, message.metadata, message.content].map((part) =>
    Buffer.from(JSON.stringify(part), 'utf8'),
  );
  const signature = Buffer.from(signer.sign(parts), 'latin1');
  return [...identities, DELIMITER, signature, ...parts, ...message.buffers];
}

/** Throws {@link WireError} for anything that is not a well-formed, well-signed message seen for the first time. */
export function decode(frames: readonly Buffer[], signer: Signer, replays: ReplayWindow): ReceivedMessage {
  const at = frames.findIndex((frame) => frame.equals(DELIMITER));
  if (at === -1) throw new WireError('MALFORMED', 'Message without delimiter.');
  const signature = frames[at + 1];
  const parts = frames.slice(at + 2, at + 2 + SIGNED_PARTS);
  if (signature === undefined || parts.length < SIGNED_PARTS) {
    throw new WireError('MALFORMED', `Message of ${frames.length} frames is too short.`);
  }
  if (!signer.accepts(signature, parts)) throw new WireError('BAD_SIGNATURE', 'Message with a wrong signature.');
  const [header, parent, metadata, content] = parts.map(parsePart);
  if (!isHeader(header)) throw new WireError('MALFORMED', 'Message with an incomplete header.');
  if (parent === undefined || metadata === undefined || content === undefined) {
    throw new WireError('MALFORMED', 'Message with missing parts.');
  }
  if (signer.enabled && !replays.admit(signature.toString('latin1'))) {
    throw new WireError('REPLAYED', `Message ${header.msg_id} came a second time.`);
  }
  return {
    identities: frames.slice(0, at),
    header,
    parent: isHeader(parent) ? parent : {},
    metadata,
    content,
    buffers: frames.slice(at + 2 + SIGNED_PARTS),
  };
}

function parsePart(part: Buffer): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(part.toString('utf8'));
  } catch (cause) {
    throw new WireError('MALFORMED', 'Message with a part that is not JSON.', { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new WireError('MALFORMED', 'Message with a part that is not an object.');
  }
  return value as Record<string, unknown>;
}

function isHeader(value: unknown): value is Header {
  if (typeof value !== 'object' || value === null) return false;
  const header = value as Record<string, unknown>;
  return ['msg_id', 'msg_type', 'session'].every((name) => typeof header[name] === 'string');
}
