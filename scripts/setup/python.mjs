/** Finds a Python that can make the environment. */
import { spawnSync } from 'node:child_process';
import { Problem } from './problem.mjs';

export const OLDEST_PYTHON = [3, 10];

/** Prints version, and which of the two modules that an environment needs are absent. */
const PROBE = `
import importlib.util, json, platform, sys
missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
print(json.dumps({"version": list(sys.version_info[:3]), "missing": missing}))
`;

/**
 * @typedef {{ version: number[], missing: string[] }} PythonFacts
 * @typedef {{ command: string, args: string[] }} Candidate
 */

/**
 * The first Python that is new enough and complete.
 * @param {object} [world] replaced in tests
 * @param {NodeJS.ProcessEnv} [world.env] `PYTHON` names one to be used and no other
 * @param {NodeJS.Platform} [world.platform]
 * @param {(candidate: Candidate) => PythonFacts | null} [world.probe]
 * @returns {Candidate & { version: string }}
 */
export function findPython({ env = process.env, platform = process.platform, probe = probePython } = {}) {
  const chosen = env['PYTHON'];
  const candidates = chosen ? [{ command: chosen, args: [] }] : candidatesOf(platform);
  /** @type {string[]} */
  const old = [];
  /** @type {string | null} */
  let incomplete = null;
  for (const candidate of candidates) {
    const facts = probe(candidate);
    if (facts === null) continue;
    const version = facts.version.join('.');
    if (!isNewEnough(facts.version)) old.push(version);
    else if (facts.missing.length > 0) incomplete ??= version;
    else return { ...candidate, version };
  }
  const oldest = OLDEST_PYTHON.join('.');
  if (incomplete !== null) {
    const minor = incomplete.split('.').slice(0, 2).join('.');
    throw new Problem(
      `Python ${incomplete} lacks its venv module: install it (on Debian and Ubuntu: apt install python${minor}-venv) and run this again.`,
    );
  }
  if (old.length > 0) {
    throw new Problem(
      `Heapmark needs Python ${oldest} or newer; found ${old.join(', ')}. Get it from https://www.python.org/`,
    );
  }
  if (chosen) throw new Problem(`PYTHON=${chosen} does not run: set it to a Python ${oldest} or newer, or unset it.`);
  throw new Problem(
    `Heapmark needs Python ${oldest} or newer for JupyterLab, and none was found: install it (on Debian and Ubuntu: apt install python3 python3-venv) and run this again.`,
  );
}

/** @param {readonly number[]} version */
function isNewEnough([major = 0, minor = 0]) {
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_PYTHON;
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

/** @param {NodeJS.Platform} platform @returns {Candidate[]} */
function candidatesOf(platform) {
  const names = ['python3', 'python', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10'];
  const plain = names.map((command) => ({ command, args: [] }));
  return platform === 'win32' ? [{ command: 'py', args: ['-3'] }, ...plain] : plain;
}

/** @param {Candidate} candidate @returns {PythonFacts | null} */
function probePython({ command, args }) {
  const { status, stdout } = spawnSync(command, [...args, '-c', PROBE], { encoding: 'utf8', timeout: 20_000 });
  if (status !== 0) return null;
  try {
    return JSON.parse(stdout);
  } catch {
    return null;
  }
}
