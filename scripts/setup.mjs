/** `npm run setup`. */
import { requireNode } from './setup/node-version.mjs';

requireNode();
import('./commands/setup.mjs').then(({ main }) => main());
