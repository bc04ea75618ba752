/** Bytes that a content will roughly take as JSON: only its long texts matter for a bound. */
export function roughSize(value: unknown, depth = 0): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null || depth > 3) return 8;
  let sum = 16;
  for (const member of Object.values(value)) sum += roughSize(member, depth + 1);
  return sum;
}
