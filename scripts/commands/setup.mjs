/** Installs and builds what is missing, inside this folder. */
import { prepare } from '../setup/prepare.mjs';
import { runMain } from '../setup/problem.mjs';

export const main = () =>
  runMain(async () => {
    await prepare();
    console.log('Ready: npm start opens JupyterLab.');
  });
