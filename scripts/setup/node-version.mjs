/**
 * The one check that must work on a Node too old for everything else: no imports, no recent syntax.
 */
export const OLDEST_NODE = [20, 19];

/**
 * @param {string} version as in `process.versions.node`
 * @returns {boolean}
 */
export function isSupportedNode(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

/** Ends the process with one line when this Node is too old. */
export function requireNode() {
  if (isSupportedNode(process.versions.node)) return;
  console.error(
    'Heapmark needs Node ' +
      OLDEST_NODE.join('.') +
      ' or newer; this is ' +
      process.versions.node +
      '. Get it from https://nodejs.org/',
  );
  process.exit(1);
}
