/** `npm run test-nodes`. */
import { requireNode } from './setup/node-version.mjs';

requireNode();
import('./commands/test-nodes.mjs').then(({ main }) => main());
