/** Whether a kernel has a magic that the panel may name: advice that leads nowhere is worse than none. */
import { magicDeclaration } from '@heapmark/protocol';
import type { MemoryModel } from '../model/memory-model.js';

/** The kernel whose magics are declared in the protocol's package. */
const OWN_KERNEL = 'heapmark';

/** @param option - `--exact`; without one the magic itself */
export function hasMagic({ linkState }: MemoryModel, magic: string, option?: string): boolean {
  if (linkState.kind !== 'ready' || linkState.hello.kernel !== OWN_KERNEL) return false;
  const declaration = magicDeclaration(magic);
  if (declaration?.available !== true) return false;
  return option === undefined || declaration.args.some(({ name, available }) => name === option && available !== false);
}
