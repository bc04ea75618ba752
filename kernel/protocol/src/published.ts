/** The protocol as one JSON Schema document, for kernels and front ends in any language. */
import { events } from './events.js';
import {
  COMM_TARGET,
  ErrorMessage,
  NotificationMessage,
  PROTOCOL_VERSION,
  RequestMessage,
  ResultMessage,
} from './jsonrpc.js';
import { requests } from './requests.js';
import type { JsonSchema, Schema } from './schema.js';

const jsonOf = (schemas: Record<string, Schema<unknown>>): Record<string, JsonSchema> =>
  Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, schema.json]));

/** The document that stands in `docs/protocol.schema.json`. */
export function publishedSchema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `Heapmark memory protocol, version ${PROTOCOL_VERSION}, comm target ${COMM_TARGET}`,
    $defs: {
      envelopes: jsonOf({ RequestMessage, ResultMessage, ErrorMessage, NotificationMessage }),
      requests: Object.fromEntries(
        Object.entries(requests).map(([method, { params, result, description }]) => [
          method,
          { description, params: params.json, result: result.json },
        ]),
      ),
      events: jsonOf(events),
    },
  };
}
