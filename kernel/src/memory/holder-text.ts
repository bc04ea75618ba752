import type { PathStep } from '@heapmark/protocol';

/**
 * A path in words: `held by another name: \`b\``, `held by \`cache\` -> Map entry 'k3' -> value`.
 * @param of what is held: the value of a name, or an object that has none.
 */
export function holderText(path: readonly PathStep[], of: 'name' | 'object' = 'name'): string {
  const root = path[0];
  if (root === undefined) return 'held by something a snapshot does not show';
  let text = `held by ${root.kind === 'global' ? `${path.length === 1 && of === 'name' ? 'another name: ' : ''}\`${root.name}\`` : root.name}`;
  for (let i = 1; i < path.length; i++) text += ` -> ${(path[i] as PathStep).name}`;
  return text;
}
