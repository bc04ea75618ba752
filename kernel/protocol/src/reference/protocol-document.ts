/** The memory protocol as a document for people: `docs/protocol.md`. */
import { ErrorCode } from '../errors.js';
import { events } from '../events.js';
import { COMM_TARGET, PROTOCOL_VERSION } from '../jsonrpc.js';
import { requests } from '../requests.js';
import type { JsonSchema } from '../schema.js';
import { descriptionOf, namedSchemas } from './named-schemas.js';

const records = namedSchemas();

export function protocolDocument(): string {
  return `${[introduction(), requestSection(), eventSection(), errorSection(), recordSection()].join('\n\n')}\n`;
}

const introduction = (): string => `<!-- Made from kernel/protocol by \`npm run reference\`. -->

# The memory protocol, version ${PROTOCOL_VERSION}

A kernel of any language can tell a front end what holds its memory by speaking this protocol on a Jupyter comm with the
target \`${COMM_TARGET}\`. The same schemas stand in [protocol.schema.json](protocol.schema.json) for machines.

- The front end opens the comm. Each comm's \`data\` is one [JSON-RPC 2.0](https://www.jsonrpc.org/specification) message; there
  are no batches. Requests carry an \`id\`, a number or a string that is new for each request of the comm.
- The first request is \`hello\`. It names the highest version that the front end speaks; the kernel answers with the version
  that both will use, and with the methods it can answer. What is not among them fails with \`methodNotFound\` or
  \`unavailable\`.
- Nothing is sent that was not asked for: events come after \`subscribe\`, by topic.
- A message that does not fit its schema is refused with \`invalidParams\`. Properties that a schema does not name are
  allowed, so that either side can be newer.
- Bytes are numbers in bytes, durations milliseconds, moments milliseconds since 1970-01-01 UTC. A figure that is not
  known is \`null\`, never 0; \`precision\` says how a figure was got.
- \`expand\`, \`free\`, \`why\`, \`gc\` and, at its first time, \`variables\` need the kernel's runtime: while a cell runs they wait,
  or fail with \`busy\`. The others are answered at once, also while a cell spins.`;

function requestSection(): string {
  const parts = Object.entries(requests).map(
    ([method, { description, params, result }]) =>
      `### ${method}\n\n${description}\n\n${table('Parameter', params.json)}\n\nResult: ${resultText(result.json)}`,
  );
  return `## Requests\n\n${parts.join('\n\n')}`;
}

function eventSection(): string {
  const parts = Object.entries(events).map(([name, schema]) => `### ${name}\n\n${resultText(schema.json)}`);
  return `## Events\n\nNotifications: a \`method\`, \`params\` and no \`id\`.\n\n${parts.join('\n\n')}`;
}

function errorSection(): string {
  const rows = Object.entries(ErrorCode).map(([name, code]) => `| ${code} | ${name} |`);
  return `## Errors\n\n| code | meaning |\n| --- | --- |\n${rows.join('\n')}\n\nThe message says what to do next; \`data.reason\` of \`unavailable\` says why.`;
}

function recordSection(): string {
  const parts = [...records].map(
    ([json, name]) =>
      `### ${name}\n\n${described(json)}${json['type'] === 'object' ? table('Member', json) : valueText(json)}`,
  );
  return `## Records\n\n${parts.join('\n\n')}`;
}

const described = (json: JsonSchema): string => (descriptionOf(json) === '' ? '' : `${descriptionOf(json)}\n\n`);

/** A record by its name, other objects by their members. */
function resultText(json: JsonSchema): string {
  const name = records.get(json);
  if (name !== undefined) return link(name);
  return json['type'] === 'object' ? `an object of\n\n${table('Member', json)}` : typeText(json);
}

function table(head: string, json: JsonSchema): string {
  const members = Object.entries((json['properties'] ?? {}) as Record<string, JsonSchema>);
  if (members.length === 0) return `No ${head.toLowerCase()}s.`;
  const required = new Set(json['required'] as string[]);
  const rows = members.map(
    ([name, member]) =>
      `| ${name}${required.has(name) ? '' : ' (optional)'} | ${typeText(member)} | ${cell(records.has(member) ? '' : descriptionOf(member))} |`,
  );
  return `| ${head} | type | meaning |\n| --- | --- | --- |\n${rows.join('\n')}`;
}

const cell = (text: string): string => text.replaceAll('|', '\\|');
const link = (name: string): string => `[${name}](#${name.toLowerCase()})`;

/** A schema by its name, or what its values are. */
const typeText = (json: JsonSchema): string => {
  const name = records.get(json);
  return name === undefined ? valueText(json) : link(name);
};

function valueText(json: JsonSchema): string {
  if ('const' in json) return `\`${JSON.stringify(json['const'])}\``;
  if (Array.isArray(json['enum'])) return json['enum'].map((value) => `\`${String(value)}\``).join(', ');
  if (Array.isArray(json['anyOf'])) return (json['anyOf'] as JsonSchema[]).map(typeText).join(' or ');
  switch (json['type']) {
    case 'array':
      return `array of ${typeText(json['items'] as JsonSchema)}`;
    case 'object': {
      const values = json['additionalProperties'] as JsonSchema | undefined;
      if (values !== undefined) return `object whose values are ${typeText(values)}`;
      const members = Object.entries((json['properties'] ?? {}) as Record<string, JsonSchema>);
      return `{ ${members.map(([member, schema]) => `${member}: ${typeText(schema)}`).join('; ')} }`;
    }
    case undefined:
      return 'anything';
    default:
      return json['type'] as string;
  }
}
