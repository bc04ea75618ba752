/** `npm run bench:leaks`. */
import { requireNode } from './setup/node-version.mjs';

requireNode();
import('./commands/bench-leaks.mjs').then(({ main }) => main());
