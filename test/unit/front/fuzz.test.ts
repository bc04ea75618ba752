import { describe, expect, it } from 'vitest';
import { fuzz } from '../../soak/fuzz/run.js';

/** Seeds of messages that something went wrong with once; each stays here for ever. */
const SEEDS: readonly number[] = [3_524, 4_495];

describe('mutated messages', () => {
  it('by the thousands end in a refusal or a well-formed answer, nothing else', async () => {
    const lines: string[] = [];
    expect(await fuzz({ frames: 20_001, seed: 1 }, (line) => lines.push(line))).toEqual([]);
    expect(lines).toHaveLength(3);
  });

  it('that went wrong once do so no more', async () => {
    for (const seed of SEEDS) expect(await fuzz({ frames: 3, seed }, () => undefined)).toEqual([]);
  });
});
