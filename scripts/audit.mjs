/** `npm run audit`. */
import { requireNode } from './setup/node-version.mjs';

requireNode();
import('./commands/audit.mjs').then(({ main }) => main());
