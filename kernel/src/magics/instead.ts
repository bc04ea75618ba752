/** What to do in place of IPython's magics that make no sense here, or that TypeScript has another way for. */

const PACKAGES = 'Install packages with npm install NAME in a terminal, in the folder of the notebook.';
const COMMANDS = 'Run a command by execSync("…", { encoding: "utf8" }) of "node:child_process".';
const FILES = 'Read and write files with "node:fs", for example readdirSync(".").';

const INSTEAD = new Map<string, string>([
  ...['pip', 'conda', 'mamba', 'uv', 'npm'].map((name): [string, string] => [name, PACKAGES]),
  ...['sh', 'bash', 'sx', 'system', 'script', 'cmd'].map((name): [string, string] => [name, COMMANDS]),
  ...['ls', 'cat', 'mkdir', 'rm', 'cp', 'mv', 'writefile', 'file'].map((name): [string, string] => [name, FILES]),
  ['cd', 'Change the folder with process.chdir("…").'],
  ['pwd', 'The folder is process.cwd().'],
  ['env', 'The environment is process.env.'],
  ['run', 'Import a file: import "./file.ts". It is loaded again when it has changed.'],
  ['load_ext', 'There are no extensions to load.'],
  ['autoreload', 'Local files that are imported are loaded again by themselves when they have changed.'],
  ['matplotlib', 'Show a picture with display.html or display.png of "tslab".'],
  ['html', 'Show HTML with display.html("…") of "tslab".'],
  ['prun', 'Measure with %%time, %timeit or %%memtrace.'],
]);

/** One line of advice; `null` when there is none. */
export const insteadOf = (name: string): string | null => INSTEAD.get(name.toLowerCase()) ?? null;
