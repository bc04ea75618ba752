/**
 * Whether a step of the set-up has been done for what is there now. A stamp is written after a step has succeeded and
 * removed before it begins, so a step that was cut off is done again.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './places.mjs';

/**
 * Hash of everything a step reads.
 * @param {readonly string[]} paths files and folders relative to the repository; one that is absent counts as absent
 * @param {readonly string[]} [facts] anything else the step depends on
 */
export function fingerprint(paths, facts = []) {
  const hash = createHash('sha256');
  for (const fact of facts) hash.update(`fact\0${fact}\0`);
  for (const path of paths) {
    for (const file of filesOf(path)) {
      const content = readFileSync(join(ROOT, file));
      hash.update(`file\0${file}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest('hex');
}

/**
 * Does `work` unless its stamp says that it was done for this fingerprint and its outputs are still there.
 * @param {object} step
 * @param {string} step.stamp absolute path of the stamp
 * @param {string} step.fingerprint
 * @param {() => string} [step.after] the fingerprint again, once the work is done: what changed meanwhile is in the output
 *   or is not, so such work does not count as done
 * @param {readonly string[]} step.outputs absolute paths that exist when the step is done
 * @param {() => Promise<void>} step.work
 * @returns {Promise<boolean>} whether there was anything to do
 */
export async function once({ stamp, fingerprint: wanted, after = () => wanted, outputs, work }) {
  if (readStamp(stamp) === wanted && outputs.every((path) => existsSync(path))) return false;
  rmSync(stamp, { force: true });
  await work();
  if (after() === wanted) writeStamp(stamp, wanted);
  return true;
}

/** @param {string} stamp @param {string} value */
export function writeStamp(stamp, value) {
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, value);
}

/** @param {string} stamp */
function readStamp(stamp) {
  try {
    return readFileSync(stamp, 'utf8');
  } catch {
    return null;
  }
}

/** Files below a path, sorted, relative to the repository. @param {string} path @returns {string[]} */
function filesOf(path) {
  const stats = statSync(join(ROOT, path), { throwIfNoEntry: false });
  if (stats === undefined) return [];
  if (!stats.isDirectory()) return [path];
  return readdirSync(join(ROOT, path))
    .sort()
    .flatMap((name) => filesOf(`${path}/${name}`));
}
