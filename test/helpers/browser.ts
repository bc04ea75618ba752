/** A real browser for tests: the system's own, else the one inside an npm package. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser } from 'playwright-core';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Names a browser to use and no other. */
const CHOICE = 'HEAPMARK_BROWSER';

/** Flags for a browser in a container: no sandbox for root, nothing that needs a GPU or the network. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--font-render-hinting=none',
];

interface FoundBrowser {
  executable: string;
  flags: string[];
  env: Record<string, string>;
}

/** Starts a headless browser. Throws one line that says what to install when there is none. */
export async function launchBrowser(): Promise<Browser> {
  const { executable, flags, env } = findBrowser();
  return chromium.launch({
    executablePath: executable,
    args: [...FLAGS, ...flags],
    env: { ...(process.env as Record<string, string>), ...env },
  });
}

/** Where a browser is. Unpacks the package's one when it is needed. */
export function findBrowser(): FoundBrowser {
  const chosen = process.env[CHOICE];
  if (chosen === 'package') return packagedBrowser();
  if (chosen) {
    if (!isExecutable(chosen)) throw new Error(`${CHOICE}=${chosen} cannot be run: set it to a Chromium, or unset it.`);
    return { executable: chosen, flags: [], env: {} };
  }
  const system = systemBrowsers().find(isExecutable);
  return system === undefined ? packagedBrowser() : { executable: system, flags: [], env: {} };
}

function systemBrowsers(): string[] {
  if (process.platform === 'darwin') {
    return ['Google Chrome', 'Chromium'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);
  }
  if (process.platform === 'win32') {
    const folders = [process.env['ProgramFiles'], process.env['ProgramFiles(x86)'], process.env['LOCALAPPDATA']];
    return folders.flatMap((folder) => (folder ? [join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe')] : []));
  }
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name)));
}

/** The browser of `@sparticuz/chromium`, unpacked once, with the libraries that a bare system lacks. */
function packagedBrowser(): FoundBrowser {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`No browser for the tests: install Chromium or Chrome, or set ${CHOICE} to one.`);
  }
  const { version } = JSON.parse(
    readFileSync(join(ROOT, 'node_modules', '@sparticuz', 'chromium', 'package.json'), 'utf8'),
  ) as { version: string };
  const folder = join(ROOT, '.cache', `browser-${version}`);
  if (!existsSync(folder)) unpack(folder);
  return {
    executable: join(folder, 'chromium'),
    flags: ['--no-zygote', '--disable-setuid-sandbox'],
    env: {
      LD_LIBRARY_PATH: [join(folder, 'al2023', 'lib'), process.env['LD_LIBRARY_PATH'] ?? []].flat().join(delimiter),
      FONTCONFIG_PATH: join(folder, 'fonts'),
    },
  };
}

/**
 * The package unpacks into the temporary folder, and brings its libraries only where it believes to be on the system
 * they are from. Both are decided in a process of its own, and the folder gets its name when all is there.
 */
function unpack(folder: string): void {
  const cache = join(ROOT, '.cache');
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(join(cache, 'browser-new-'));
  const script = "import chromium from '@sparticuz/chromium'; await chromium.executablePath();";
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, TMPDIR: fresh, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' },
  });
  if (status !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    throw new Error(`The packaged browser could not be unpacked: ${stderr}`);
  }
  try {
    renameSync(fresh, folder);
  } catch (error) {
    // Another test file was first.
    rmSync(fresh, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
