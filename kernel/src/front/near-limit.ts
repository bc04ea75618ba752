/** Tells once when memory comes near a limit, and again only after it has been well below it. */
import { formatBytes, type EventMap, type MemoryLimit, type VariableRecord } from '@heapmark/protocol';

/** Shares of a limit: from here on it is near, and below that it is far again. */
const NEAR = 0.8;
const FAR = 0.65;
/** Variables named as the largest. */
const NAMED = 3;

export class NearLimit {
  private readonly near = new Set<MemoryLimit['kind']>();

  /** The limit that memory has just come near to; `null` while there is nothing new to tell. */
  look(limits: readonly MemoryLimit[]): MemoryLimit | null {
    let reached: MemoryLimit | null = null;
    for (const known of limits) {
      const { kind, used, limit } = known;
      if (used === null || limit === null || limit <= 0) continue;
      if (used < limit * FAR) this.near.delete(kind);
      else if (used >= limit * NEAR && !this.near.has(kind)) {
        this.near.add(kind);
        reached ??= known;
      }
    }
    return reached;
  }

  /** Another runtime starts far from every limit. */
  forget(): void {
    this.near.clear();
  }
}

/** @param variables as they were last listed; their order does not matter. */
export function nearLimitWarning(
  { used, limit, text }: MemoryLimit,
  variables: readonly VariableRecord[],
): EventMap['warning'] {
  const largest = variables
    .map(({ name, bytes, tensorBytes }) => ({ name, bytes: bytes === null ? null : bytes + (tensorBytes ?? 0) }))
    .filter(({ bytes }) => bytes !== null && bytes > 0)
    .sort((a, b) => (b.bytes ?? 0) - (a.bytes ?? 0))
    .slice(0, NAMED);
  const named = largest.map(({ name, bytes }) => `${name} (${formatBytes(bytes)})`).join(', ');
  return {
    kind: 'nearLimit',
    text: `Memory is nearly used up: ${text}.${named === '' ? '' : ` The largest variables: ${named}.`}`,
    used,
    limit,
    largest,
  };
}
