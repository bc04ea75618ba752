/** The version of TypeScript, without loading it. */
import { createRequire } from 'node:module';

const { version } = createRequire(import.meta.url)('typescript/package.json') as { version: string };

export const TYPESCRIPT_VERSION = version;
