/**
 * Points out, once for a function, that it is called with literals: `f({ a: 1 })` makes a new object at each call, and a new
 * object is a new key.
 */

/** Calls that are looked at, and the longest text of an argument: this costs something on misses only, and soon nothing. */
const MOST_CALLS = 64;
const LONGEST_TEXT = 400;

export class LiteralWatch {
  private seen: Map<string, WeakSet<object>> | null = new Map();
  private calls = 0;

  constructor(
    private readonly name: () => string,
    private readonly warn: (message: string) => void = warnProcess,
  ) {}

  /** A call that missed. */
  missed(values: ArrayLike<unknown>): void {
    if (this.seen === null) return;
    for (let index = 0; index < values.length; index += 1) {
      const value = values[index];
      if (isPlain(value)) this.look(value, index);
    }
    this.calls += 1;
    if (this.calls >= MOST_CALLS) this.seen = null;
  }

  private look(value: object, index: number): void {
    const text = textOf(value);
    if (this.seen === null || text === null) return;
    const place = `${index}:${text}`;
    const before = this.seen.get(place);
    if (before === undefined) {
      this.seen.set(place, new WeakSet([value]));
    } else if (!before.has(value)) {
      this.seen = null;
      this.warn(
        `The memoized function ${this.name()} was called with equal but different ${Array.isArray(value) ? 'arrays' : 'objects'} (${text}). ` +
          'Objects are compared by identity, so a literal never hits: pass the same object, ' +
          'or compare by content with memoize(fn, { key: structuralKey }).',
      );
    }
  }
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Array.prototype || prototype === Object.prototype;
}

/** The first level of a small value as text; `null` when it is large, deep, or would run code. */
function textOf(value: object): string | null {
  const parts: string[] = [];
  let length = 0;
  for (const [name, { value: part, get }] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
    if (get !== undefined || typeof part === 'object' || typeof part === 'function' || typeof part === 'symbol') {
      if (part !== null) return null;
    }
    if (name === 'length' && Array.isArray(value)) continue;
    const text = typeof part === 'string' ? JSON.stringify(part) : String(part as number);
    parts.push(Array.isArray(value) ? text : `${name}: ${text}`);
    length += text.length;
    if (length > LONGEST_TEXT) return null;
  }
  return Array.isArray(value) ? `[${parts.join(', ')}]` : `{ ${parts.sort().join(', ')} }`;
}

function warnProcess(message: string): void {
  process.emitWarning(message, { code: 'HEAPMARK_LITERAL_KEY' });
}
