/**
 * Kernelspecs: how Jupyter finds and starts this kernel.
 * https://jupyter-client.readthedocs.io/en/stable/kernels.html#kernel-specs
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Language } from './handlers/handler.js';
import { JUPYTER_PROTOCOL_VERSION } from './messages.js';

export interface Kernelspec {
  name: string;
  displayName: string;
  language: Language;
}

/** Where specs are installed to. */
export type Destination = { kind: 'user' } | { kind: 'prefix'; prefix: string } | { kind: 'sys-prefix' };

/** Something the person who installs can put right; printed as one line. */
export class InstallError extends Error {
  readonly code = 'INSTALL';
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'InstallError';
  }
}

export const DEFAULT_SPEC: Kernelspec = {
  name: 'heapmark',
  displayName: 'TypeScript (Heapmark)',
  language: 'typescript',
};

/** Specs that take over notebooks whose metadata ask for tslab's kernels. */
export const TSLAB_SPECS: readonly Kernelspec[] = [
  { name: 'tslab', displayName: 'TypeScript (Heapmark)', language: 'typescript' },
  { name: 'jslab', displayName: 'JavaScript (Heapmark)', language: 'javascript' },
];

/**
 * Node's options for the kernel's process. V8 compiles and collects on up to four threads beside those that answer; on a
 * machine of few cores they take the processor from a cell that is being compiled, for a gain that comes later or never.
 */
export const NODE_OPTIONS: readonly string[] = ['--v8-pool-size=1'];

/** The content of kernel.json. `node` and `main` are absolute paths: a server's PATH may be another one. */
export function kernelJson(spec: Kernelspec, node: string, main: string): Record<string, unknown> {
  const language = spec.language === 'typescript' ? [] : ['--language', spec.language];
  return {
    argv: [node, ...NODE_OPTIONS, main, 'kernel', '{connection_file}', ...language],
    display_name: spec.displayName,
    language: spec.language,
    interrupt_mode: 'message',
    kernel_protocol_version: JUPYTER_PROTOCOL_VERSION,
    metadata: { debugger: false, supported_encryption: ['curve'] },
  };
}

/** Writes a spec with its logos; one of that name that is there is replaced. Returns its folder. */
export function installSpec(spec: Kernelspec, kernels: string, node: string, main: string, logos: string): string {
  const folder = specFolder(spec.name, kernels);
  try {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    if (existsSync(logos)) cpSync(logos, folder, { recursive: true });
    writeFileSync(join(folder, 'kernel.json'), `${JSON.stringify(kernelJson(spec, node, main), null, 2)}\n`);
  } catch (cause) {
    throw new InstallError(`Cannot write ${folder}: ${(cause as Error).message}`, { cause });
  }
  return folder;
}

/** Removes a spec that starts this kernel; false when there is none, an error when it is another kernel's. */
export function uninstallSpec(name: string, kernels: string): boolean {
  const folder = specFolder(name, kernels);
  const file = join(folder, 'kernel.json');
  if (!existsSync(file)) return false;
  const { argv } = JSON.parse(readFileSync(file, 'utf8')) as { argv?: string[] };
  const main = argv?.findIndex((word) => word.endsWith('main.mjs')) ?? -1;
  if (main === -1 || argv?.[main + 1] !== 'kernel') {
    throw new InstallError(`${folder} belongs to another kernel: it is left alone.`);
  }
  rmSync(folder, { recursive: true, force: true });
  return true;
}

/** The folder that holds kernelspecs at a destination. */
export function kernelsFolder(destination: Destination, env: NodeJS.ProcessEnv): string {
  switch (destination.kind) {
    case 'prefix':
      return join(destination.prefix, 'share', 'jupyter', 'kernels');
    case 'sys-prefix':
      return join(pythonPrefix(env), 'share', 'jupyter', 'kernels');
    case 'user':
      return join(userDataFolder(env, process.platform), 'kernels');
  }
}

/** Jupyter's data folder of the user. https://docs.jupyter.org/en/latest/use/jupyter-directories.html */
export function userDataFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const override = env['JUPYTER_DATA_DIR'];
  if (override) return override;
  if (platform === 'darwin') return join(homedir(), 'Library', 'Jupyter');
  if (platform === 'win32') return join(env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'jupyter');
  return join(env['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'jupyter');
}

function specFolder(name: string, kernels: string): string {
  if (!/^[a-z0-9._-]+$/i.test(name)) {
    throw new InstallError(
      `A kernel's name has letters, digits, dots, dashes and underscores only, not ${JSON.stringify(name)}.`,
    );
  }
  return join(kernels, name);
}

function pythonPrefix(env: NodeJS.ProcessEnv): string {
  const active = env['VIRTUAL_ENV'] || env['CONDA_PREFIX'];
  if (active) return active;
  for (const python of ['python3', 'python']) {
    try {
      return execFileSync(python, ['-c', 'import sys; print(sys.prefix)'], { encoding: 'utf8' }).trim();
    } catch {
      // The next name may be the right one.
    }
  }
  throw new InstallError('--sys-prefix needs Python: no python3 was found. Use --user or --prefix DIR.');
}
