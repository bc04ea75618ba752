/** The npm packages of the lockfile. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../process/children.mjs';
import { ROOT } from './places.mjs';
import { Problem } from './problem.mjs';

/**
 * @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean, devOptional?: boolean }} LockedPackage
 * @typedef {{ packages?: Record<string, LockedPackage> }} Lockfile
 */

/** Installs what the lockfile says, unless it is there. Returns whether anything was done. */
export async function installNpmPackages() {
  const locked = readLock(join(ROOT, 'package-lock.json'));
  if (locked === null) throw new Problem('package-lock.json is missing or damaged: restore it from the repository.');
  // npm writes this file last, so it is absent after an installation that was cut off.
  const installed = readLock(join(ROOT, 'node_modules', '.package-lock.json'));
  if (installed !== null && missingPackages(locked, installed).length === 0) return false;
  console.log('Installing npm packages (about a minute)');
  const { command, args } = npm(['ci', '--no-audit', '--no-fund']);
  const { code, output } = await run(command, args, { cwd: ROOT });
  if (code !== 0) {
    throw new Problem('npm could not install the packages: see above. With a working network, run this again.', {
      detail: output,
    });
  }
  return true;
}

/**
 * Names of packages that the lockfile wants and that are not installed in that version. Optional ones may be absent:
 * most of them are builds for other systems.
 * @param {Lockfile} locked
 * @param {Lockfile} installed npm's record of what is in node_modules
 * @returns {string[]}
 */
export function missingPackages(locked, installed) {
  const missing = [];
  for (const [path, wanted] of Object.entries(locked.packages ?? {})) {
    if (!path.includes('node_modules/') && !path.startsWith('node_modules')) continue;
    const found = installed.packages?.[path];
    if (found === undefined) {
      if (wanted.optional !== true && wanted.devOptional !== true) missing.push(path);
    } else if (found.version !== wanted.version || found.integrity !== wanted.integrity) {
      missing.push(path);
    }
  }
  return missing;
}

/** How npm is started: the one that runs this script when there is one. @param {readonly string[]} args */
export function npm(args) {
  const script = process.env['npm_execpath'];
  if (script?.endsWith('.js')) return { command: process.execPath, args: [script, ...args] };
  return process.platform === 'win32'
    ? { command: process.env['ComSpec'] ?? 'cmd.exe', args: ['/d', '/s', '/c', 'npm', ...args] }
    : { command: 'npm', args: [...args] };
}

/** @param {string} file @returns {Lockfile | null} */
function readLock(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
