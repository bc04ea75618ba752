/** `npm run build`. */
import { requireNode } from './setup/node-version.mjs';

requireNode();
import('./commands/build.mjs').then(({ main }) => main());
