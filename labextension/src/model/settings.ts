/** The settings as the code uses them; `schema/settings.json` describes them to a person. */
import { parseBytes } from '@heapmark/protocol';

export const BADGE_PARTS = ['delta', 'peak', 'time'] as const;
export type BadgePart = (typeof BADGE_PARTS)[number];

export interface Settings {
  readonly badges: boolean;
  readonly badgeParts: readonly BadgePart[];
  /** Bytes past which a cell's cost is shown in red; `null`: never. */
  readonly badgeThreshold: number | null;
  /** Bytes from which a cell has a badge at all; `null`: every cell has one. */
  readonly badgeFrom: number | null;
  /** Whether what cells cost is written into the notebook. */
  readonly saveBadges: boolean;
  readonly statusBar: boolean;
  /** Shortest time between two samples while the panel is shown. */
  readonly sampleEveryMs: number;
  /** Whether a notification warns before memory runs out. */
  readonly warnings: boolean;
}

export const defaultSettings: Settings = {
  badges: true,
  badgeParts: BADGE_PARTS,
  badgeThreshold: 1e9,
  badgeFrom: null,
  saveBadges: false,
  statusBar: true,
  sampleEveryMs: 300,
  warnings: true,
};

/** Fastest pace that the protocol allows. */
const FASTEST_MS = 250;

/** Reads what the settings editor holds; what does not fit is the default. */
export function readSettings(raw: Readonly<Record<string, unknown>>): Settings {
  const flag = (key: string, otherwise: boolean): boolean => (typeof raw[key] === 'boolean' ? raw[key] : otherwise);
  const every = raw['sampleEveryMs'];
  return {
    badges: flag('badges', defaultSettings.badges),
    badgeParts: readParts(raw['badgeParts']),
    badgeThreshold: readSize(raw['badgeThreshold'], defaultSettings.badgeThreshold),
    badgeFrom: readSize(raw['badgeFrom'], defaultSettings.badgeFrom),
    saveBadges: flag('saveBadges', defaultSettings.saveBadges),
    statusBar: flag('statusBar', defaultSettings.statusBar),
    sampleEveryMs:
      typeof every === 'number' && Number.isFinite(every) ? Math.max(FASTEST_MS, every) : defaultSettings.sampleEveryMs,
    warnings: flag('warnings', defaultSettings.warnings),
  };
}

function readParts(raw: unknown): readonly BadgePart[] {
  return Array.isArray(raw) ? BADGE_PARTS.filter((part) => raw.includes(part)) : defaultSettings.badgeParts;
}

/** A size as a person writes it; nothing is none. */
function readSize(raw: unknown, otherwise: number | null): number | null {
  if (typeof raw !== 'string') return otherwise;
  return raw.trim() === '' ? null : (parseBytes(raw) ?? otherwise);
}
