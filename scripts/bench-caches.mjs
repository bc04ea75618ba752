/** `npm run bench:caches`. */
import { requireNode } from './setup/node-version.mjs';

requireNode();
import('./commands/bench-caches.mjs').then(({ main }) => main());
