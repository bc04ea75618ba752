/** JSON-RPC 2.0 (https://www.jsonrpc.org/specification) inside the data of a Jupyter comm; no batches. */
import { integer, literal, nullable, number, object, optional, string, union, unknown, type Static } from './schema.js';

/** The comm target. */
export const COMM_TARGET = 'heapmark.memory';
/** The protocol's version, in the first exchange (`hello`). */
export const PROTOCOL_VERSION = 1;

export const MessageId = union([integer(), string()]);
export type MessageId = Static<typeof MessageId>;

export const RequestMessage = object({
  jsonrpc: literal('2.0'),
  id: MessageId,
  method: string(),
  params: optional(unknown()),
});
export type RequestMessage = Static<typeof RequestMessage>;

export const ResultMessage = object({ jsonrpc: literal('2.0'), id: MessageId, result: unknown() });
export type ResultMessage = Static<typeof ResultMessage>;

export const ErrorMessage = object({
  jsonrpc: literal('2.0'),
  id: nullable(MessageId, 'null when the request could not be read'),
  error: object({ code: number(), message: string(), data: optional(unknown()) }),
});
export type ErrorMessage = Static<typeof ErrorMessage>;

export const NotificationMessage = object({ jsonrpc: literal('2.0'), method: string(), params: optional(unknown()) });
export type NotificationMessage = Static<typeof NotificationMessage>;

export const request = (id: MessageId, method: string, params: unknown): RequestMessage => ({
  jsonrpc: '2.0',
  id,
  method,
  params,
});
export const result = (id: MessageId, value: unknown): ResultMessage => ({ jsonrpc: '2.0', id, result: value });
export const failure = (id: MessageId | null, code: number, message: string, data?: unknown): ErrorMessage => ({
  jsonrpc: '2.0',
  id,
  error: data === undefined ? { code, message } : { code, message, data },
});
export const notification = (method: string, params: unknown): NotificationMessage => ({
  jsonrpc: '2.0',
  method,
  params,
});
