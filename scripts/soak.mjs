/** `npm run soak`. */
import { requireNode } from './setup/node-version.mjs';

requireNode();
import('./commands/soak.mjs').then(({ main }) => main());
