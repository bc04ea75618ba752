/**
 * The requests a front end may send, and the content of each reply.
 * https://jupyter-client.readthedocs.io/en/stable/messaging.html
 *
 * One table gives the handlers their types and the dispatcher its check at run time. Fields with defaults in the
 * protocol are optional here; handlers fill them in.
 */
import {
  boolean,
  integer,
  nullable,
  object,
  oneOf,
  optional,
  record,
  string,
  unknown,
  type Schema,
  type Static,
} from '@heapmark/protocol';

export const JUPYTER_PROTOCOL_VERSION = '5.5';

const empty = object({});

export const requestSchemas = {
  kernel_info_request: empty,
  connect_request: empty,
  execute_request: object({
    code: string(),
    silent: optional(boolean()),
    store_history: optional(boolean()),
    user_expressions: optional(nullable(record(string()))),
    allow_stdin: optional(boolean()),
    stop_on_error: optional(boolean()),
  }),
  complete_request: object({ code: string(), cursor_pos: optional(integer()) }),
  inspect_request: object({ code: string(), cursor_pos: optional(integer()), detail_level: optional(integer()) }),
  is_complete_request: object({ code: string() }),
  history_request: object({
    output: optional(boolean()),
    raw: optional(boolean()),
    hist_access_type: oneOf(['range', 'tail', 'search']),
    session: optional(nullable(integer())),
    start: optional(nullable(integer())),
    stop: optional(nullable(integer())),
    n: optional(nullable(integer())),
    pattern: optional(nullable(string())),
    unique: optional(nullable(boolean())),
  }),
  comm_info_request: object({ target_name: optional(nullable(string())) }),
  comm_open: object({ comm_id: string(), target_name: string(), data: optional(unknown()) }),
  comm_msg: object({ comm_id: string(), data: optional(unknown()) }),
  comm_close: object({ comm_id: string(), data: optional(unknown()) }),
  interrupt_request: empty,
  shutdown_request: object({ restart: optional(boolean()) }),
  usage_request: empty,
  debug_request: empty,
  input_reply: object({ value: string() }),
} as const satisfies Record<string, Schema<unknown>>;

export type RequestType = keyof typeof requestSchemas;
export type RequestContent<T extends RequestType> = Static<(typeof requestSchemas)[T]>;

export const isRequestType = (type: string): type is RequestType => Object.hasOwn(requestSchemas, type);

/** The error part that every reply with status `error` has. */
export interface ErrorContent {
  status: 'error';
  ename: string;
  evalue: string;
  traceback: string[];
}

/** One line of history: session, line, and the source or the source with its output. */
export type HistoryEntry = [session: number, line: number, source: string | [string, string | null]];

interface Replies {
  kernel_info_request: {
    status: 'ok';
    protocol_version: string;
    implementation: string;
    implementation_version: string;
    language_info: Record<string, unknown>;
    banner: string;
    debugger: boolean;
    help_links: { text: string; url: string }[];
    supported_features: string[];
  };
  connect_request: Record<string, unknown>;
  execute_request: Record<string, unknown>;
  complete_request: {
    status: 'ok';
    matches: string[];
    cursor_start: number;
    cursor_end: number;
    metadata: Record<string, unknown>;
  };
  inspect_request: { status: 'ok'; found: boolean; data: Record<string, unknown>; metadata: Record<string, unknown> };
  is_complete_request: { status: 'complete' | 'incomplete' | 'invalid' | 'unknown'; indent?: string };
  history_request: { status: 'ok'; history: HistoryEntry[] };
  comm_info_request: { status: 'ok'; comms: Record<string, { target_name: string }> };
  comm_open: null;
  comm_msg: null;
  comm_close: null;
  interrupt_request: { status: 'ok' };
  shutdown_request: { status: 'ok'; restart: boolean };
  usage_request: Record<string, unknown>;
  debug_request: Record<string, unknown>;
  input_reply: null;
}

/** What a handler gives back; `null` when the protocol has no reply for the request. */
export type ReplyContent<T extends RequestType> = Replies[T];

/** `x_request` is answered by `x_reply`. */
export const replyType = (request: string): string => request.replace(/_request$/, '_reply');
