/** The schemas that have names of their own: records and what they are made of. */
import { Precision } from '../precision.js';
import * as memory from '../records/memory.js';
import * as resources from '../records/resources.js';
import * as variable from '../records/variable.js';
import type { JsonSchema, Schema } from '../schema.js';

/** Names by the very schema object: a schema used inside another is found by identity. */
export function namedSchemas(): ReadonlyMap<JsonSchema, string> {
  const schemas: [string, Schema<unknown>][] = Object.entries({ Precision, ...variable, ...memory, ...resources });
  return new Map(schemas.map(([name, { json }]) => [json, name]));
}

/** What a schema says of itself, or of the value that may also be null. */
export function descriptionOf(json: JsonSchema): string {
  const own = json['description'] as string | undefined;
  if (own !== undefined) return own;
  const alternatives = (json['anyOf'] ?? []) as JsonSchema[];
  return alternatives.map(descriptionOf).find((text) => text !== '') ?? '';
}
