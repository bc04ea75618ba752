/** `npm run bench:accounting`. */
import { requireNode } from './setup/node-version.mjs';

requireNode();
import('./commands/bench-accounting.mjs').then(({ main }) => main());
