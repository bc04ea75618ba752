import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defaultSettings, readSettings } from '../../../../labextension/src/model/settings.js';

const schema = JSON.parse(
  readFileSync(new URL('../../../../labextension/schema/settings.json', import.meta.url), 'utf8'),
) as {
  properties: Record<string, { default: unknown }>;
};

describe('the settings', () => {
  it("have the defaults that the schema tells a person, and the schema's names", () => {
    const defaults = Object.fromEntries(
      Object.entries(schema.properties).map(([name, property]) => [name, property.default]),
    );
    expect(readSettings(defaults)).toEqual(defaultSettings);
    expect(Object.keys(schema.properties).sort()).toEqual(Object.keys(defaultSettings).sort());
  });

  it('are the defaults where nothing is said or nonsense', () => {
    expect(readSettings({})).toEqual(defaultSettings);
    expect(readSettings({ badges: 'yes', badgeParts: 'delta', badgeThreshold: 'much', sampleEveryMs: NaN })).toEqual(
      defaultSettings,
    );
  });

  it('read a threshold as people write bytes, and none when it is empty', () => {
    expect(readSettings({ badgeThreshold: '500 MB' }).badgeThreshold).toBe(500e6);
    expect(readSettings({ badgeThreshold: ' ' }).badgeThreshold).toBeNull();
  });

  it('ask for samples no faster than the protocol allows', () => {
    expect(readSettings({ sampleEveryMs: 1 }).sampleEveryMs).toBe(250);
    expect(readSettings({ sampleEveryMs: 2000 }).sampleEveryMs).toBe(2000);
  });

  it('show the parts of a badge in their own order', () => {
    expect(readSettings({ badgeParts: ['time', 'delta', 'colour'] }).badgeParts).toEqual(['delta', 'time']);
    expect(readSettings({ badgeParts: [] }).badgeParts).toEqual([]);
  });
});
