/**
 * The connection file: where the kernel listens and with which keys.
 * https://jupyter-client.readthedocs.io/en/stable/kernels.html#connection-files
 */
import { readFileSync } from 'node:fs';
import { reasonOf } from './log.js';

export const CHANNELS = ['shell', 'iopub', 'stdin', 'control', 'hb'] as const;
export type Channel = (typeof CHANNELS)[number];

export interface Connection {
  transport: 'tcp' | 'ipc';
  ip: string;
  ports: Record<Channel, number>;
  key: string;
  signatureScheme: string;
  /** Z85 keys of the CurveZMQ server, `null` when the transport is not encrypted. */
  curve: { publicKey: string; secretKey: string } | null;
  kernelName: string;
}

/** A connection file that cannot be used; the message is one line for the person who started the kernel. */
export class ConnectionError extends Error {
  readonly code = 'BAD_CONNECTION_FILE';
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ConnectionError';
  }
}

/** Reads and checks a connection file. */
export function readConnection(path: string): Connection {
  let fields: unknown;
  try {
    fields = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new ConnectionError(`Cannot read the connection file ${path}: ${reasonOf(cause)}`, { cause });
  }
  if (typeof fields !== 'object' || fields === null) throw new ConnectionError(`${path} does not hold a JSON object.`);
  return parseConnection(fields as Record<string, unknown>, path);
}

/** Checks the fields of a connection file; `source` names it in errors. */
export function parseConnection(fields: Record<string, unknown>, source: string): Connection {
  const transport = fields['transport'] ?? 'tcp';
  if (transport !== 'tcp' && transport !== 'ipc') {
    throw new ConnectionError(`${source}: transport ${JSON.stringify(transport)} is neither tcp nor ipc.`);
  }
  const ip = text(fields, 'ip', source);
  if (ip === '') throw new ConnectionError(`${source}: ip is empty.`);
  const ports = Object.fromEntries(
    CHANNELS.map((channel) => [channel, port(fields[`${channel}_port`], channel, transport, source)]),
  ) as Record<Channel, number>;
  return {
    transport,
    ip,
    ports,
    key: text(fields, 'key', source, ''),
    signatureScheme: text(fields, 'signature_scheme', source, 'hmac-sha256'),
    curve: curveKeys(fields, source),
    kernelName: text(fields, 'kernel_name', source, ''),
  };
}

/** The address of a channel, in ZeroMQ's form. */
export function endpoint(connection: Connection, channel: Channel): string {
  const port = connection.ports[channel];
  if (connection.transport === 'ipc') return `ipc://${connection.ip}-${port}`;
  const host = connection.ip.includes(':') && !connection.ip.startsWith('[') ? `[${connection.ip}]` : connection.ip;
  return `tcp://${host}:${port}`;
}

function text(fields: Record<string, unknown>, name: string, source: string, absent?: string): string {
  const value = fields[name] ?? absent;
  if (typeof value !== 'string') throw new ConnectionError(`${source}: ${name} is missing or is not a text.`);
  return value;
}

function port(value: unknown, channel: Channel, transport: Connection['transport'], source: string): number {
  const highest = transport === 'tcp' ? 65_535 : Number.MAX_SAFE_INTEGER;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > highest) {
    throw new ConnectionError(`${source}: ${channel}_port is missing or is not a port.`);
  }
  return value;
}

function curveKeys(fields: Record<string, unknown>, source: string): Connection['curve'] {
  const publicKey = fields['curve_publickey'] ?? null;
  const secretKey = fields['curve_secretkey'] ?? null;
  if (publicKey === null && secretKey === null) return null;
  for (const key of [publicKey, secretKey]) {
    if (typeof key !== 'string' || key.length !== 40) {
      throw new ConnectionError(
        `${source}: curve_publickey and curve_secretkey must both be Z85 keys of 40 characters.`,
      );
    }
  }
  return { publicKey: publicKey as string, secretKey: secretKey as string };
}
