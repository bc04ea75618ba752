/** `npm run bench:accuracy`. */
import { requireNode } from './setup/node-version.mjs';

requireNode();
import('./commands/bench-accuracy.mjs').then(({ main }) => main());
