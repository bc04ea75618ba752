import { describe, expect, it } from 'vitest';
import { isSupportedNode } from '../../../scripts/setup/node-version.mjs';

describe('the oldest Node', () => {
  it.each(['20.19.0', '20.20.2', '21.0.0', '22.0.0', '100.1.0'])('takes %s', (version) => {
    expect(isSupportedNode(version)).toBe(true);
  });

  it.each(['20.18.9', '18.99.0', '4.0.0', ''])('refuses %j', (version) => {
    expect(isSupportedNode(version)).toBe(false);
  });
});
