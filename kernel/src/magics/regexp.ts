/**
 * A regular expression as a user writes it on a line: bare, or between slashes with flags (`/^tmp/i`). Throws SyntaxError.
 * `g` and `y` are dropped: with them, `test` would depend on the call before.
 */
export function readRegexp(text: string): RegExp {
  const slashed = /^\/(.+)\/([dgimsuvy]*)$/s.exec(text);
  if (slashed === null) return new RegExp(text);
  return new RegExp(slashed[1] ?? '', (slashed[2] ?? '').replace(/[gy]/g, ''));
}
