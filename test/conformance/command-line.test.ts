import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KERNEL_MAIN } from '../helpers/kernel.js';

let prefix: string;
beforeAll(() => void (prefix = mkdtempSync(join(tmpdir(), 'heapmark-install-'))));
afterAll(() => rmSync(prefix, { recursive: true, force: true }));

const run = (...args: string[]) => spawnSync(process.execPath, [KERNEL_MAIN, ...args], { encoding: 'utf8' });

describe('heapmark', () => {
  it('tells its version and its commands', () => {
    expect(run('--version').stdout).toMatch(/^heapmark \d+\.\d+\.\d+\n$/);
    expect(run('--help').stdout).toContain('heapmark install');
  });

  it('installs a kernelspec that starts this very build, and removes it', () => {
    expect(run('install', '--prefix', prefix).status).toBe(0);
    const folder = join(prefix, 'share', 'jupyter', 'kernels', 'heapmark');
    const spec = JSON.parse(readFileSync(join(folder, 'kernel.json'), 'utf8')) as { argv: string[] };
    expect(spec.argv).toEqual([process.execPath, '--v8-pool-size=1', KERNEL_MAIN, 'kernel', '{connection_file}']);
    expect(existsSync(join(folder, 'logo-svg.svg'))).toBe(true);
    expect(run('uninstall', '--prefix', prefix).status).toBe(0);
    expect(existsSync(folder)).toBe(false);
  });

  it("takes over tslab's kernels", () => {
    expect(run('install', '--prefix', prefix, '--as', 'tslab').status).toBe(0);
    for (const name of ['tslab', 'jslab']) {
      expect(existsSync(join(prefix, 'share', 'jupyter', 'kernels', name, 'kernel.json'))).toBe(true);
    }
  });

  it.each([[['brew']], [['install', '--nothing']], [['kernel', '/nowhere.json']]])('refuses %j in one line', (args) => {
    const { status, stderr } = run(...args);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^heapmark: [^\n]+\n$/);
  });
});
