/** `npm run check`. */
import { requireNode } from './setup/node-version.mjs';

requireNode();
import('./commands/check.mjs').then(({ main }) => main());
