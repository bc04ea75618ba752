/** Builds the kernel and the panel anew. */
import { rebuild } from '../setup/prepare.mjs';
import { runMain } from '../setup/problem.mjs';

export const main = () => runMain(rebuild);
