/** `npm test`. */
import { requireNode } from './setup/node-version.mjs';

requireNode();
import('./commands/test.mjs').then(({ main }) => main());
