/**
 * The one check that must work on a Node too old for everything else: no imports, no recent syntax.
 */
export const OLDEST_NODE = [20, 19];

/**
 * @param {string} version as in `process.versions.node`
 * @returns {boolean}
 */
export function isSupportedNode(version) {
  const parts = version.split('.').map(Number);
  return parts[0] > OLDEST_NODE[0] || (parts[0] === OLDEST_NODE[0] && parts[1] >= OLDEST_NODE[1]);
}

/** Ends the process with one line when this Node is too old. */
export function requireNode() {
  if (isSupportedNode(process.versions.node)) return;
  console.error(
    'Heapmark needs Node ' + OLDEST_NODE.join('.') + ' or newer; this is ' + process.versions.node + '. Get it from https://nodejs.org/',
  );
  process.exit(1);
}
