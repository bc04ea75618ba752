/** Makes good messages bad: in their bytes, in their frames, and in their values. */

/** Numbers from 0 to below 1. */
export type Random = () => number;

const HOSTILE: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1e308,
  2 ** 53,
  0.1,
  '',
  '__proto__',
  'constructor',
  '\u0000',
  '\ud800',
  '<script>alert(1)</script>',
  'x'.repeat(5_000),
  [],
  {},
  [[[[[[]]]]]],
  { __proto__: null, toString: 1 },
  JSON.parse('{"__proto__":{"polluted":true}}'),
];

const pick = <T>(items: readonly T[], random: Random): T => items[Math.floor(random() * items.length)] as T;

/** A copy of a JSON value with one to three of its parts replaced, removed, moved or renamed. */
export function mutateValue(value: unknown, random: Random): unknown {
  const root = { value: structuredClone(value) };
  for (let times = 1 + Math.floor(random() * 3); times > 0; times -= 1) mutateOnce(root, random);
  return root.value;
}

function mutateOnce(root: { value: unknown }, random: Random): void {
  const places = placesIn(root);
  const [holder, key] = pick(places, random);
  switch (Math.floor(random() * 5)) {
    case 0:
      if (holder !== root) Reflect.deleteProperty(holder, key);
      break;
    case 1: {
      const [other, otherKey] = pick(places, random);
      // A copy: a value that held itself could not be sent.
      holder[key] = structuredClone(other[otherKey]);
      break;
    }
    case 2:
      Object.defineProperty(holder, pick(['__proto__', 'constructor', 'id', 'method', ''], random), {
        value: structuredClone(pick(HOSTILE, random)),
        enumerable: true,
        configurable: true,
        writable: true,
      });
      break;
    default:
      holder[key] = structuredClone(pick(HOSTILE, random));
  }
}

type Holder = Record<string, unknown>;

function placesIn(root: object): [Holder, string][] {
  const places: [Holder, string][] = [];
  const pending: Holder[] = [root as Holder];
  for (let holder = pending.pop(); holder !== undefined; holder = pending.pop()) {
    for (const [key, member] of Object.entries(holder)) {
      places.push([holder, key]);
      if (typeof member === 'object' && member !== null && !ArrayBuffer.isView(member)) pending.push(member as Holder);
    }
  }
  return places.length === 0 ? [[root as Holder, 'value']] : places;
}

/** A copy of some bytes with one to four flipped, added, removed or cut. */
export function mutateBytes(bytes: Buffer, random: Random): Buffer {
  let copy = Buffer.from(bytes);
  for (let times = 1 + Math.floor(random() * 4); times > 0; times -= 1) {
    const at = Math.floor(random() * (copy.length + 1));
    switch (Math.floor(random() * 4)) {
      case 0:
        if (at < copy.length) copy[at] = Math.floor(random() * 256);
        break;
      case 1:
        copy = Buffer.concat([copy.subarray(0, at), Buffer.from([Math.floor(random() * 256)]), copy.subarray(at)]);
        break;
      case 2:
        copy = Buffer.concat([copy.subarray(0, at), copy.subarray(at + 1 + Math.floor(random() * 8))]);
        break;
      default:
        copy = copy.subarray(0, at);
    }
  }
  return copy;
}

/** A copy of a list of frames with one changed, removed, doubled, or put elsewhere. */
export function mutateFrames(frames: readonly Buffer[], random: Random): Buffer[] {
  const copy = [...frames];
  const at = Math.floor(random() * copy.length);
  const frame = copy[at] ?? Buffer.alloc(0);
  switch (Math.floor(random() * 5)) {
    case 0:
      copy.splice(at, 1);
      break;
    case 1:
      copy.splice(at, 0, frame);
      break;
    case 2:
      copy.splice(at, 1);
      copy.splice(Math.floor(random() * (copy.length + 1)), 0, frame);
      break;
    default:
      copy[at] = mutateBytes(frame, random);
  }
  return copy;
}
