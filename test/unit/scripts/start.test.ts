import { describe, expect, it } from 'vitest';
import { jupyterArguments } from '../../../scripts/commands/start.mjs';

describe('the arguments of JupyterLab', () => {
  it('open the notebooks with this kernel as the first choice', () => {
    const args = jupyterArguments([], 1000);
    expect(args).toContainEqual(expect.stringMatching(/^--ServerApp\.root_dir=.*notebooks$/));
    expect(args).toContain('--MultiKernelManager.default_kernel_name=heapmark');
    expect(args).not.toContain('--allow-root');
  });

  it("end with the person's own, which win", () => {
    expect(jupyterArguments(['--no-browser', '--port', '9999'], 1000).slice(-3)).toEqual([
      '--no-browser',
      '--port',
      '9999',
    ]);
  });

  it('allow root to root, once', () => {
    expect(jupyterArguments([], 0)).toContain('--allow-root');
    expect(jupyterArguments(['--allow-root'], 0).filter((arg) => arg === '--allow-root')).toHaveLength(1);
    expect(jupyterArguments([], null)).not.toContain('--allow-root');
  });
});
