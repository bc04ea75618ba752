/** Bytes and times as a person reads them. Units are decimal (1 kB = 1000 B), as JupyterLab and V8's tools print them. */
import { precisionMark, type Precision } from './precision.js';

export const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;
export type ByteUnit = (typeof BYTE_UNITS)[number];

/** The largest unit that keeps the figure at 1 or more; B below 1000 bytes. */
export function byteUnit(bytes: number): ByteUnit {
  let index = 0;
  for (let size = Math.abs(bytes); size >= 999.5 && index < BYTE_UNITS.length - 1; size /= 1000) index++;
  return BYTE_UNITS[index] ?? 'B';
}

/** `1.42 GB`, `412 MB`, `800 B`: three significant digits in the given unit, the best one by default. `null` is `—`. */
export function formatBytes(bytes: number | null, precision: Precision = 'exact', unit?: ByteUnit): string {
  if (bytes === null || !Number.isFinite(bytes) || precision === 'unavailable') return '—';
  const chosen = unit ?? byteUnit(bytes);
  const scaled = bytes / 1000 ** BYTE_UNITS.indexOf(chosen);
  const size = Math.abs(scaled);
  const digits = chosen === 'B' || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  const figure = size.toFixed(digits);
  const sign = scaled < 0 && Number(figure) !== 0 ? '−' : '';
  return `${precisionMark[precision]}${sign}${figure} ${chosen}`;
}

/** A mark and a sign side by side read as one strange sign: a change says in words how it was got. */
const changeWords: Record<Precision, string> = { exact: '', estimate: 'about ', atLeast: 'at least ', unavailable: '' };

/** A change with its sign: `+1.00 GB`, `−310 MB`, `about −160 MB`, `0 B`. */
export function formatByteChange(bytes: number | null, precision: Precision = 'exact', unit?: ByteUnit): string {
  if (bytes === null || !Number.isFinite(bytes) || precision === 'unavailable') return '—';
  const text = formatBytes(bytes, 'exact', unit);
  return `${changeWords[precision]}${bytes > 0 ? '+' : ''}${text}`;
}

/** `0.4 ms`, `320 ms`, `2.3 s`, `4 min 10 s`, `2 h 5 min`. */
export function formatDuration(milliseconds: number | null): string {
  if (milliseconds === null || !Number.isFinite(milliseconds)) return '—';
  if (milliseconds < 9.95) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 999.5) return `${milliseconds.toFixed(0)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

const SIZE = /^\s*(\d+(?:\.\d+)?)\s*(?:([kmgtp])(i)?b?|b)?\s*$/i;

/** Reads `2G`, `512MB`, `1.5 GiB`, `64k` or plain bytes; decimal unless an `i` says binary. `null` when it is none. */
export function parseBytes(text: string): number | null {
  const match = SIZE.exec(text);
  if (match === null) return null;
  const power = match[2] === undefined ? 0 : 'kmgtp'.indexOf(match[2].toLowerCase()) + 1;
  return Math.round(Number(match[1]) * (match[3] === undefined ? 1000 : 1024) ** power);
}
