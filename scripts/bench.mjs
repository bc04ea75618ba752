/** `npm run bench`. */
import { requireNode } from './setup/node-version.mjs';

requireNode();
import('./commands/bench.mjs').then(({ main }) => main());
