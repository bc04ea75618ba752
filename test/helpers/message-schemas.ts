/**
 * What each message of the Jupyter protocol must hold, by type, as the messaging specification has it. Written apart from
 * the kernel's own types, so that an error there is seen here.
 */
import {
  array,
  boolean,
  fits,
  integer,
  literal,
  number,
  object,
  oneOf,
  optional,
  parse,
  record,
  string,
  union,
  unknown,
  type Schema,
} from '@heapmark/protocol';

const anyObject = record(unknown());
const mimeBundle = record(unknown());

const failure = object({ status: literal('error'), ename: string(), evalue: string(), traceback: array(string()) });
const ok = <T>(schema: Schema<T>): Schema<unknown> => union([schema, failure]);

export const headerSchema = object({
  msg_id: string(),
  msg_type: string(),
  session: string(),
  username: string(),
  date: string(),
  version: string(),
});

export const contentSchemas: Record<string, Schema<unknown>> = {
  // Replies
  kernel_info_reply: object({
    status: literal('ok'),
    protocol_version: string(),
    implementation: string(),
    implementation_version: string(),
    language_info: object({
      name: string(),
      version: string(),
      mimetype: string(),
      file_extension: string(),
      codemirror_mode: union([string(), anyObject]),
    }),
    banner: string(),
    debugger: boolean(),
    help_links: array(object({ text: string(), url: string() })),
    supported_features: array(string()),
  }),
  connect_reply: object({
    status: literal('ok'),
    shell_port: integer(),
    iopub_port: integer(),
    stdin_port: integer(),
    control_port: integer(),
    hb_port: integer(),
  }),
  execute_reply: union([
    object({
      status: literal('ok'),
      execution_count: integer(),
      user_expressions: anyObject,
      payload: array(object({ source: string() })),
    }),
    object({
      status: literal('error'),
      execution_count: integer(),
      ename: string(),
      evalue: string(),
      traceback: array(string()),
    }),
    object({ status: literal('aborted') }),
    failure,
  ]),
  complete_reply: ok(
    object({
      status: literal('ok'),
      matches: array(string()),
      cursor_start: integer(),
      cursor_end: integer(),
      metadata: object({
        _jupyter_types_experimental: array(
          object({ text: string(), type: string(), start: integer(), end: integer(), signature: optional(string()) }),
        ),
      }),
    }),
  ),
  inspect_reply: ok(object({ status: literal('ok'), found: boolean(), data: mimeBundle, metadata: anyObject })),
  is_complete_reply: union([
    object({ status: literal('incomplete'), indent: string() }),
    object({ status: oneOf(['complete', 'invalid', 'unknown']) }),
    failure,
  ]),
  history_reply: ok(object({ status: literal('ok'), history: array(array(unknown())) })),
  comm_info_reply: ok(object({ status: literal('ok'), comms: record(object({ target_name: string() })) })),
  shutdown_reply: ok(object({ status: literal('ok'), restart: boolean() })),
  interrupt_reply: ok(object({ status: literal('ok') })),
  usage_reply: object({
    hostname: string(),
    pid: integer(),
    kernel_cpu: optional(number()),
    kernel_memory: optional(number()),
    host_cpu_percent: optional(number()),
    cpu_count: integer(),
    host_virtual_memory: object({
      total: number(),
      available: number(),
      percent: number(),
      used: number(),
      free: number(),
    }),
  }),
  debug_reply: object({ type: literal('response'), success: boolean(), command: string() }),
  // Broadcasts
  status: object({ execution_state: oneOf(['starting', 'busy', 'idle']) }),
  iopub_welcome: object({ subscription: string() }),
  execute_input: object({ code: string(), execution_count: integer() }),
  execute_result: object({ execution_count: integer(), data: mimeBundle, metadata: anyObject }),
  stream: object({ name: oneOf(['stdout', 'stderr']), text: string() }),
  display_data: object({ data: mimeBundle, metadata: anyObject, transient: optional(anyObject) }),
  update_display_data: object({ data: mimeBundle, metadata: anyObject, transient: object({ display_id: string() }) }),
  clear_output: object({ wait: boolean() }),
  error: object({ ename: string(), evalue: string(), traceback: array(string()) }),
  comm_open: object({ comm_id: string(), target_name: string(), data: anyObject }),
  comm_msg: object({ comm_id: string(), data: anyObject }),
  comm_close: object({ comm_id: string(), data: anyObject }),
  // Questions
  input_request: object({ prompt: string(), password: boolean() }),
};

/** A message as the wire brought it. */
export interface WireMessage {
  channel: 'shell' | 'control' | 'stdin' | 'iopub';
  identities: Buffer[];
  header: { msg_id: string; msg_type: string; session: string; username: string; date: string; version: string };
  parent: Partial<WireMessage['header']>;
  metadata: Record<string, unknown>;
  // Tests look deep into contents whose form has been checked by then.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  content: Record<string, any>;
  buffers: Buffer[];
}

const MIME_TYPE = /^[\w.+-]+\/[\w.+-]+(;.*)?$/;

/** Throws when a message is not what the protocol says. */
export function checkMessage(message: WireMessage): void {
  const type = message.header.msg_type;
  parse(headerSchema, message.header);
  if (Number.isNaN(Date.parse(message.header.date))) throw new TypeError(`${type}: date is not ISO 8601`);
  if (!/^5\.\d+$/.test(message.header.version)) throw new TypeError(`${type}: version ${message.header.version}`);
  const schema = contentSchemas[type];
  if (schema === undefined) throw new TypeError(`No message of type ${type} is known`);
  try {
    parse(schema, message.content);
  } catch (cause) {
    throw new TypeError(`${type}: ${String(cause)} in ${JSON.stringify(message.content).slice(0, 500)}`, { cause });
  }
  if (type.endsWith('_reply') || type === 'input_request') {
    if (!fits(string(), message.parent.msg_id)) throw new TypeError(`${type}: without a parent`);
  }
  if (['execute_result', 'display_data', 'update_display_data'].includes(type)) {
    for (const mime of Object.keys(message.content['data'] as object)) {
      if (!MIME_TYPE.test(mime)) throw new TypeError(`${type}: ${mime} is no MIME type`);
    }
  }
}
