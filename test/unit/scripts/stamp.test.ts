import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fingerprint, once } from '../../../scripts/setup/stamp.mjs';

describe('a step of the set-up', () => {
  let folder: string;
  let runs: number;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heapmark-stamp-'));
    runs = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const step = (wanted: string, work = () => writeFileSync(join(folder, 'output'), ''), after = () => wanted) =>
    once({
      stamp: join(folder, 'deep', 'stamp'),
      fingerprint: wanted,
      after,
      outputs: [join(folder, 'output')],
      work: async () => {
        runs += 1;
        work();
      },
    });

  it('is done once for the same inputs', async () => {
    expect(await step('a')).toBe(true);
    expect(await step('a')).toBe(false);
    expect(runs).toBe(1);
  });

  it('is done again when its inputs changed, and when they changed back', async () => {
    await step('a');
    await step('b');
    await step('a');
    expect(runs).toBe(3);
  });

  it('is done again when what it made has gone', async () => {
    await step('a');
    rmSync(join(folder, 'output'));
    expect(await step('a')).toBe(true);
  });

  it('is done again after it was cut off, even where it had been done for these inputs before', async () => {
    await step('a');
    const cutOff = step('b', () => {
      throw new Error('out of space');
    });
    await expect(cutOff).rejects.toThrow('out of space');
    expect(await step('a')).toBe(true);
  });

  it('is done again when its inputs changed while it was done', async () => {
    await step('a', undefined, () => 'b');
    expect(await step('a')).toBe(true);
    expect(await step('a')).toBe(false);
  });
});

describe('a fingerprint', () => {
  it('depends on names, contents and facts, and not on absent files', () => {
    const one = fingerprint(['scripts/setup']);
    expect(fingerprint(['scripts/setup'])).toBe(one);
    expect(fingerprint(['scripts/setup', 'no/such/file'])).toBe(one);
    expect(fingerprint(['scripts/setup'], ['x64'])).not.toBe(one);
    expect(fingerprint(['scripts/setup/stamp.mjs'])).not.toBe(one);
  });
});
