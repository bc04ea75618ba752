import type { TimeitRecord, TimeRecord } from '@heapmark/protocol';

/** `12.3`, `100`, `0.5`: three significant digits without zeros at the end. */
const threeDigits = (value: number): string => String(Number(value.toPrecision(3)));

/** A figure that would be rounded up to 1000 belongs to the next unit. */
const NEARLY = 0.9995;

const NANOSECONDS = [1e9, 'ns'] as const;
const UNITS = [[1, 's'], [1e3, 'ms'], [1e6, 'µs'], NANOSECONDS] as const;

/** A time in IPython's form: `12.3 ns`, `1.5 ms`, `2 s`, `1min 5s`. From milliseconds. */
export function ipythonTime(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds >= 60) {
    const whole = Math.round(seconds);
    const parts = [
      [Math.floor(whole / 86_400), 'd'],
      [Math.floor(whole / 3600) % 24, 'h'],
      [Math.floor(whole / 60) % 60, 'min'],
      [whole % 60, 's'],
    ] as const;
    return parts
      .filter(([amount]) => amount > 0)
      .map(([amount, unit]) => `${amount}${unit}`)
      .join(' ');
  }
  if (seconds < 1e-12) return '0 ns';
  const [scale, unit] = UNITS.find(([size]) => seconds >= NEARLY / size) ?? NANOSECONDS;
  return `${threeDigits(seconds * scale)} ${unit}`;
}

/** `%time` as IPython prints it. */
export function timeText(record: TimeRecord): string {
  const cpu =
    record.userMs === null || record.systemMs === null || record.cpuMs === null
      ? 'CPU times: —'
      : `CPU times: user ${ipythonTime(record.userMs)}, sys: ${ipythonTime(record.systemMs)}, total: ${ipythonTime(record.cpuMs)}`;
  return `${cpu}\nWall time: ${ipythonTime(record.wallMs)}\n`;
}

/** A run this many times slower than the fastest says that something else was measured too. */
const SUSPICIOUS_SPREAD = 4;
/** Below a microsecond, in ms, the clock's own noise makes such a spread. */
const NOISE_FLOOR_MS = 1e-3;

/** `%timeit` as IPython prints it. */
export function timeitText(record: TimeitRecord): string {
  const runs = record.repeats === 1 ? '1 run' : `${record.repeats} runs`;
  const loops = record.loops === 1 ? '1 loop' : `${record.loops.toLocaleString('en-US')} loops`;
  const worst = Math.max(...record.runs);
  const spread = record.best > 0 ? worst / record.best : 1;
  const warning =
    spread > SUSPICIOUS_SPREAD && record.best > NOISE_FLOOR_MS
      ? `The slowest run took ${spread.toFixed(2)} times as long as the fastest: a cache, a collection or another program may have been measured too.\n`
      : '';
  return `${warning}${ipythonTime(record.mean)} ± ${ipythonTime(record.deviation)} per loop (mean ± std. dev. of ${runs}, ${loops} each)\n`;
}
