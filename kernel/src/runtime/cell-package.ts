/** What `import … from "heapmark"` gives to cells, and the two names of it that are globals too. */
import type { Comms } from './comms.js';
import type { Display, Displays } from './displays.js';
import type { makeInput } from './input.js';
import type { Namespace } from './packages.js';

type Input = ReturnType<typeof makeInput>;

/** `display` and `input` need no import. Not enumerable: listing the globals shows Node's own only. */
export function defineGlobals(globals: { display: Display; input: Input }): void {
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
  }
}

/**
 * Makes the package.
 * @param functions the function forms of the magics.
 */
export function cellPackage(
  { display, input }: { display: Display; input: Input },
  displays: Displays,
  comms: Comms,
  functions: Record<string, unknown>,
): Namespace {
  const members = {
    display,
    input,
    newDisplay: () => displays.makeDisplay(crypto.randomUUID()),
    clearOutput: ({ wait = false } = {}) => displays.clear(wait),
    createComm: comms.create.bind(comms),
    registerCommTarget: comms.register.bind(comms),
    ...functions,
  };
  return Object.assign(Object.create(null) as Namespace, members, { default: members });
}
