/** `npm start`. */
import { requireNode } from './setup/node-version.mjs';

requireNode();
import('./commands/start.mjs').then(({ main }) => main());
