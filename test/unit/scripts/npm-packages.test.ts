import { describe, expect, it } from 'vitest';
import { missingPackages } from '../../../scripts/setup/npm-packages.mjs';

const LOCK = {
  packages: {
    '': { version: '0.0.0' },
    kernel: { version: '0.1.0' },
    'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
    'kernel/node_modules/a': { version: '2.0.0', integrity: 'sha512-b' },
    'node_modules/native-other': { version: '1.0.0', integrity: 'sha512-c', optional: true },
    'node_modules/heapmark': { link: true },
  },
};

describe('what npm has still to install', () => {
  it('is nothing when all is there, builds for other systems apart', () => {
    const { 'node_modules/native-other': _, ...here } = LOCK.packages;
    expect(missingPackages(LOCK, { packages: here })).toEqual([]);
  });

  it('is a package that is absent, at every depth', () => {
    const { 'kernel/node_modules/a': _, ...here } = LOCK.packages;
    expect(missingPackages(LOCK, { packages: here })).toEqual(['kernel/node_modules/a']);
  });

  it('is a package of another version or of another content', () => {
    const other = { ...LOCK.packages, 'node_modules/a': { version: '1.0.1', integrity: 'sha512-a' } };
    expect(missingPackages(LOCK, { packages: other })).toEqual(['node_modules/a']);
    const changed = { ...LOCK.packages, 'node_modules/a': { version: '1.0.0', integrity: 'sha512-z' } };
    expect(missingPackages(LOCK, { packages: changed })).toEqual(['node_modules/a']);
  });

  it('is an optional package of a wrong version', () => {
    const wrong = { ...LOCK.packages, 'node_modules/native-other': { version: '0.9.0', integrity: 'sha512-c' } };
    expect(missingPackages(LOCK, { packages: wrong })).toEqual(['node_modules/native-other']);
  });

  it('is everything when nothing is installed', () => {
    expect(missingPackages(LOCK, {})).toEqual(['node_modules/a', 'kernel/node_modules/a', 'node_modules/heapmark']);
  });
});
