/**
 * Child processes that never outlive this one: each leads its own process group, which is killed when the child has
 * run out of time and when this process ends, however it is asked to.
 */
import { spawn, spawnSync } from 'node:child_process';

/** @type {Set<import('node:child_process').ChildProcess>} */
const alive = new Set();
const WINDOWS = process.platform === 'win32';
let armed = false;

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {'show' | 'keep'} [output] `show`: to the screen as it comes; `keep`: only returned
 * @property {number} [timeoutMs] after which the whole group is killed
 *
 * @typedef {object} RunResult
 * @property {number} code exit status; 128 + signal number for a signal, 124 when it ran out of time
 * @property {string} output both streams, in the order they came
 * @property {boolean} timedOut
 */

/**
 * Runs a program to its end. Rejects only when it cannot be started.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<RunResult>}
 */
export function run(command, args, { cwd, env = process.env, output = 'keep', timeoutMs } = {}) {
  arm();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: !WINDOWS });
    alive.add(child);
    /** @type {Buffer[]} */
    const chunks = [];
    let timedOut = false;
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            killGroup(child);
          }, timeoutMs);
    for (const [stream, screen] of /** @type {const} */ ([
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ])) {
      stream.on('data', (chunk) => {
        chunks.push(chunk);
        if (output === 'show') screen.write(chunk);
      });
    }
    const finish = () => {
      clearTimeout(timer);
      alive.delete(child);
    };
    child.on('error', (error) => {
      finish();
      reject(error);
    });
    // What a child left running in its group must not hold the pipes, and with them this promise, for ever.
    child.on('exit', () => killGroup(child));
    child.on('close', (code, signal) => {
      finish();
      resolve({
        code: timedOut ? 124 : (code ?? 128 + (SIGNAL_NUMBERS[signal ?? ''] ?? 0)),
        output: Buffer.concat(chunks).toString('utf8'),
        timedOut,
      });
    });
  });
}

/** @type {Readonly<Record<string, number>>} */
const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 };

/** @param {import('node:child_process').ChildProcess} child */
function killGroup(child) {
  if (child.pid === undefined) return;
  if (WINDOWS) {
    if (child.exitCode === null) spawnSync('taskkill', ['/pid', String(child.pid), '/T', '/F']);
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group is gone already.
  }
}

const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
const killAll = () => alive.forEach(killGroup);
/** @param {NodeJS.Signals} signal */
const leave = (signal) => process.exit(128 + (SIGNAL_NUMBERS[signal] ?? 0));

function arm() {
  if (armed) return;
  armed = true;
  process.on('exit', killAll);
  for (const signal of SIGNALS) process.on(signal, leave);
}

/** Leaves signals to whoever starts a program that is to outlive them: it may ask first, or have much to end. */
export function disarm() {
  armed = false;
  process.off('exit', killAll);
  for (const signal of SIGNALS) process.off(signal, leave);
}
