/** Files that are made from the protocol's schemas and declarations: `npm run reference` writes them anew. */
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import { magicDeclarations, publishedSchema } from '@heapmark/protocol';
import { protocolDocument } from '../../../kernel/protocol/src/reference/protocol-document.js';
import { recordDeclarations } from '../../../kernel/protocol/src/reference/record-declarations.js';
import { magicsDocument } from '../../../kernel/src/render/magics-document.js';

test.each([
  ['docs/magics.md', () => magicsDocument(magicDeclarations)],
  ['docs/protocol.md', protocolDocument],
  ['docs/protocol.schema.json', () => JSON.stringify(publishedSchema(), null, 2)],
  ['kernel/resources/heapmark/records.d.ts', recordDeclarations],
])('%s is current', async (path, write) => {
  const file = fileURLToPath(new URL(`../../../${path}`, import.meta.url));
  const text = await format(write(), { ...(await resolveConfig(file)), filepath: file });
  await expect(text).toMatchFileSnapshot(file);
});
