import { describe, expect, it } from 'vitest';
import { readSavedBadge, savedBadgeText, writeSavedBadge } from '../../../labextension/src/badge/saved-badge.js';
import { BADGE_PARTS } from '../../../labextension/src/model/settings.js';
import { cell, english } from './records.js';

class Metadata {
  writes = 0;
  constructor(private value: unknown = undefined) {}
  getMetadata(): unknown {
    return this.value;
  }
  setMetadata(_: string, value: unknown): void {
    this.writes++;
    this.value = value;
  }
}

describe('a badge that is saved with the notebook', () => {
  it('comes back as it was', () => {
    const metadata = new Metadata();
    writeSavedBadge(metadata, cell({ elapsedMs: 2300.4 }));
    expect(readSavedBadge(metadata)).toEqual({ delta: 1e9, peak: 1.6e9, elapsedMs: 2300 });
    expect(savedBadgeText(readSavedBadge(metadata) ?? {}, BADGE_PARTS, english)).toBe(
      '+1.00 GB · peak 1.60 GB · 2.3 s',
    );
  });

  it('is not written again when nothing is new', () => {
    const metadata = new Metadata();
    writeSavedBadge(metadata, cell());
    writeSavedBadge(metadata, cell());
    expect(metadata.writes).toBe(1);
  });

  it('leaves out what is unknown, and what was not asked for', () => {
    const metadata = new Metadata();
    writeSavedBadge(metadata, cell({ delta: null }));
    expect(savedBadgeText(readSavedBadge(metadata) ?? {}, ['delta', 'time'], english)).toBe('2.3 s');
  });

  it.each([undefined, null, 'text', 7, {}, { delta: '<img>' }, { delta: NaN }])(
    'is none where %j is saved',
    (value) => {
      expect(readSavedBadge(new Metadata(value))).toBeNull();
    },
  );
});
