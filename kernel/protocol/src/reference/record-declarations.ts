/** The records as TypeScript interfaces, for the completion and the type check of cells. Written from the schemas. */
import type { JsonSchema } from '../schema.js';
import { descriptionOf, namedSchemas } from './named-schemas.js';

type Named = ReadonlyMap<JsonSchema, string>;

/** The text of `resources/heapmark/records.d.ts`. */
export function recordDeclarations(): string {
  const named = namedSchemas();
  const declarations = [...named].map(([json, name]) => declaration(name, json, named));
  return `// Made from the schemas of the memory protocol by \`npm run reference\`.\n\n${declarations.join('\n\n')}\n`;
}

function declaration(name: string, json: JsonSchema, named: Named): string {
  const comment = commentOf(descriptionOf(json), '');
  if (json['type'] !== 'object') return `${comment}export type ${name} = ${body(json, named, '')};`;
  return `${comment}export interface ${name} ${body(json, named, '')}`;
}

/** A comment of the text; only the comment's own end must not stand in it. */
function commentOf(description: string, indent: string): string {
  return description === '' ? '' : `${indent}/** ${description.replaceAll('*/', '*\\/')} */\n`;
}

function typeOf(json: JsonSchema, named: Named, indent: string): string {
  return named.get(json) ?? body(json, named, indent);
}

function body(json: JsonSchema, named: Named, indent: string): string {
  if ('const' in json) return JSON.stringify(json['const']);
  if (Array.isArray(json['enum'])) return json['enum'].map((value) => JSON.stringify(value)).join(' | ');
  if (Array.isArray(json['anyOf']))
    return (json['anyOf'] as JsonSchema[]).map((member) => typeOf(member, named, indent)).join(' | ');
  switch (json['type']) {
    case 'array':
      return arrayOf(typeOf(json['items'] as JsonSchema, named, indent));
    case 'object':
      return objectBody(json, named, indent);
    case 'integer':
      return 'number';
    case 'string':
    case 'number':
    case 'boolean':
    case 'null':
      return json['type'];
    default:
      return 'unknown';
  }
}

const arrayOf = (item: string): string => (/^[\w.]+$/.test(item) ? `${item}[]` : `Array<${item}>`);

function objectBody(json: JsonSchema, named: Named, indent: string): string {
  if (json['additionalProperties'] !== undefined) {
    return `Record<string, ${typeOf(json['additionalProperties'] as JsonSchema, named, indent)}>`;
  }
  const required = new Set(json['required'] as string[]);
  const inner = `${indent}  `;
  const members = Object.entries(json['properties'] as Record<string, JsonSchema>).map(
    ([name, member]) =>
      `${commentOf(named.has(member) ? '' : descriptionOf(member), inner)}${inner}${name}${required.has(name) ? '' : '?'}: ${typeOf(member, named, inner)};`,
  );
  return `{\n${members.join('\n')}\n${indent}}`;
}
