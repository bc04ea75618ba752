import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  DEFAULT_SPEC,
  InstallError,
  TSLAB_SPECS,
  installSpec,
  kernelJson,
  kernelsFolder,
  uninstallSpec,
  userDataFolder,
} from '../../../kernel/src/front/kernelspec.js';
import { KERNEL_VERSION } from '../../../kernel/src/front/version.js';

const logos = fileURLToPath(new URL('../../../kernel/resources/logos', import.meta.url));
const MAIN = '/somewhere/dist/main.mjs';
let kernels: string;
beforeEach(() => (kernels = mkdtempSync(join(tmpdir(), 'heapmark-specs-'))));
afterEach(() => rmSync(kernels, { recursive: true, force: true }));

describe('a kernelspec', () => {
  it('starts this Node with the bundle, interrupts by message and declares encryption', () => {
    expect(kernelJson(DEFAULT_SPEC, '/usr/bin/node', MAIN)).toEqual({
      argv: ['/usr/bin/node', '--v8-pool-size=1', MAIN, 'kernel', '{connection_file}'],
      display_name: 'TypeScript (Heapmark)',
      language: 'typescript',
      interrupt_mode: 'message',
      kernel_protocol_version: '5.5',
      metadata: { debugger: false, supported_encryption: ['curve'] },
    });
  });

  it('is written with its logos, again and again', () => {
    for (let n = 0; n < 2; n += 1) installSpec(DEFAULT_SPEC, kernels, '/usr/bin/node', MAIN, logos);
    for (const file of ['kernel.json', 'logo-32x32.png', 'logo-64x64.png', 'logo-svg.svg']) {
      expect(existsSync(join(kernels, 'heapmark', file)), file).toBe(true);
    }
    expect(
      readFileSync(join(kernels, 'heapmark', 'logo-64x64.png'))
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
  });

  it("for tslab's JavaScript kernel passes the language", () => {
    expect(kernelJson(TSLAB_SPECS[1] as (typeof TSLAB_SPECS)[1], 'node', MAIN)).toMatchObject({
      argv: ['node', '--v8-pool-size=1', MAIN, 'kernel', '{connection_file}', '--language', 'javascript'],
      language: 'javascript',
    });
  });

  it('is removed, when it is there and ours', () => {
    installSpec(DEFAULT_SPEC, kernels, '/usr/bin/node', MAIN, logos);
    expect(uninstallSpec('heapmark', kernels)).toBe(true);
    expect(existsSync(join(kernels, 'heapmark'))).toBe(false);
    expect(uninstallSpec('heapmark', kernels)).toBe(false);
  });

  it('of another kernel is left alone', () => {
    mkdirSync(join(kernels, 'python3'));
    writeFileSync(
      join(kernels, 'python3', 'kernel.json'),
      JSON.stringify({ argv: ['python', '-m', 'ipykernel_launcher'] }),
    );
    expect(() => uninstallSpec('python3', kernels)).toThrow(InstallError);
  });

  it('has a name that cannot leave the folder', () => {
    expect(() => installSpec({ ...DEFAULT_SPEC, name: '../evil' }, kernels, 'node', MAIN, logos)).toThrow(InstallError);
  });

  it('that cannot be written gives one line', () => {
    const file = join(kernels, 'file');
    writeFileSync(file, '');
    expect(() => installSpec(DEFAULT_SPEC, file, 'node', MAIN, logos)).toThrow(/^Cannot write [^\n]+$/);
  });
});

describe('folders', () => {
  it('follow Jupyter on each platform', () => {
    expect(kernelsFolder({ kind: 'prefix', prefix: '/opt/x' }, {})).toBe('/opt/x/share/jupyter/kernels');
    expect(kernelsFolder({ kind: 'sys-prefix' }, { VIRTUAL_ENV: '/venv' })).toBe('/venv/share/jupyter/kernels');
    expect(kernelsFolder({ kind: 'user' }, { JUPYTER_DATA_DIR: '/data' })).toBe('/data/kernels');
    expect(userDataFolder({ XDG_DATA_HOME: '/xdg' }, 'linux')).toBe('/xdg/jupyter');
    expect(userDataFolder({}, 'darwin')).toMatch(/Library\/Jupyter$/);
    expect(userDataFolder({ APPDATA: '/roaming' }, 'win32')).toBe(join('/roaming', 'jupyter'));
  });
});

describe('the version', () => {
  it('is that of the package', () => {
    const manifest = JSON.parse(
      readFileSync(fileURLToPath(new URL('../../../kernel/package.json', import.meta.url)), 'utf8'),
    ) as { version: string };
    expect(KERNEL_VERSION).toBe(manifest.version);
  });
});
