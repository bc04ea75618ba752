/**
 * How the arguments of a call become a key.
 *
 * One string or number is its own key. Everything else that has to be told apart from it becomes a text that begins with
 * {@link MARK}: how many arguments, each with its kind, texts with their length, so that no two lists of arguments share one.
 * Objects, functions and symbols count by identity: they get a number, which does not keep them alive.
 */

/** First character of a composite key. A single text that begins with it is made a composite key itself. */
const MARK = '\0';
const MARK_CODE = 0;

/** Whether a text is its own key. */
export const isOwnKey = (text: string): boolean => text.charCodeAt(0) !== MARK_CODE;

const identities = new WeakMap<object, number>();
/** Registered symbols can be no keys of a WeakMap; they live for ever anyway. */
const symbols = new Map<symbol, number>();
let lastIdentity = 0;

function identityOf(value: object | symbol): number {
  const known = typeof value === 'symbol' ? symbols.get(value) : identities.get(value);
  if (known !== undefined) return known;
  lastIdentity += 1;
  if (typeof value === 'symbol') symbols.set(value, lastIdentity);
  else identities.set(value, lastIdentity);
  return lastIdentity;
}

/** Makes keys by one rule. */
export class Keys {
  /** @param typed tells 1, 1n and true apart; otherwise what is equal as a number is one key. */
  constructor(private readonly typed: boolean) {}

  /** The key of a call. */
  of(values: ArrayLike<unknown>): unknown {
    if (values.length === 1) {
      const only = this.plain(values[0]);
      if (typeof only === 'number' || (typeof only === 'string' && isOwnKey(only))) return only;
    }
    let key = `${MARK}${values.length}`;
    for (let index = 0; index < values.length; index += 1) key += `,${this.part(values[index])}`;
    return key;
  }

  /** A number for what equals one, unless types count. */
  private plain(value: unknown): unknown {
    if (this.typed) return value;
    if (typeof value === 'boolean') return value ? 1 : 0;
    if (typeof value !== 'bigint') return value;
    const number = Number(value);
    return Number.isFinite(number) && BigInt(number) === value ? number : value;
  }

  private part(given: unknown): string {
    const value = this.plain(given);
    switch (typeof value) {
      case 'string':
        return `s${value.length}:${value}`;
      case 'number':
        return `n${value}`;
      case 'boolean':
        return value ? 't' : 'f';
      case 'bigint':
        return `i${value}`;
      case 'undefined':
        return 'u';
      default:
        return value === null ? 'l' : `o${identityOf(value as object | symbol)}`;
    }
  }
}

/** Whether a key can mean the same in another process: it holds nothing that counts by identity. */
export function isPortable(key: unknown): boolean {
  if (typeof key !== 'string') return typeof key === 'number';
  if (isOwnKey(key)) return true;
  for (let at = key.indexOf(',') + 1; at > 0 && at < key.length;) {
    const kind = key[at];
    if (kind === 'o') return false;
    if (kind === 's') {
      const colon = key.indexOf(':', at);
      at = colon + 1 + Number(key.slice(at + 1, colon)) + 1;
    } else {
      const comma = key.indexOf(',', at);
      at = comma < 0 ? key.length : comma + 1;
    }
  }
  return true;
}
