import type { Magic } from './magic.js';

/** `%typecheck on|off`: whether types are checked before a cell runs; says which when nothing is given. */
export const typecheck: Magic = {
  name: 'typecheck',
  async line(args, { runtime }) {
    const wanted = args.text('STATE');
    const { on } = await runtime.ask('typecheck', { on: wanted === undefined ? null : wanted === 'on' });
    runtime.stdout(
      `Type check is ${on ? 'on: a type error stops a cell before it runs' : 'off: cells run whatever their types'}.\n`,
    );
  },
};
