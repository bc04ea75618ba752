/** Values on their way to a front end, which knows JSON only. */

/**
 * A value as JSON can hold it.
 * @param what the value is, for the message.
 * @throws TypeError for cycles, BigInts and values whose `toJSON` throws.
 */
export function asJson(value: unknown, what: string): unknown {
  let text: string | undefined;
  try {
    // `undefined` and functions give no text at all, whatever the declaration says.
    text = JSON.stringify(value);
  } catch (error) {
    throw new TypeError(`${what} must be what JSON can hold: ${(error as Error).message.split('\n', 1)[0] ?? ''}`, {
      cause: error,
    });
  }
  return text === undefined ? null : JSON.parse(text);
}
