/** Says what happened to a runtime that ended, in the words of an `error` message. */
import { formatBytes } from '@heapmark/protocol';
import type { ErrorReport } from '../ipc/messages.js';
import { plainReport } from './report.js';
import type { RuntimeEnd } from './runtime-process.js';

/** Why the front itself ended a runtime. */
export type KillReason = 'interrupt' | 'memory' | 'reset' | 'shutdown';

const OUT_OF_MEMORY = /FATAL ERROR: .*(heap out of memory|invalid (array|table) (length|size)|Allocation failed)/;
const LOST = 'All variables are lost. A new runtime has started: run the cells again that made what you need.';

/** @param heapLimit V8's limit in that runtime, bytes; `null` when it ended before it could tell. */
export function describeEnd(end: RuntimeEnd, killed: KillReason | null, heapLimit: number | null): ErrorReport {
  if (killed === 'reset') return plainReport('RuntimeReset', 'The runtime was reset. All variables are gone.');
  if (killed === 'interrupt') {
    return plainReport(
      'KeyboardInterrupt',
      `The cell did not stop when interrupted, so its runtime was ended. ${LOST}`,
    );
  }
  if (killed === 'memory') {
    return plainReport(
      'MemoryLimitError',
      `The cell passed the memory limit and did not stop, so its runtime was ended. ${LOST}`,
    );
  }
  if (end.brokenChannel) {
    return plainReport(
      'RuntimeDied',
      `The runtime was ended, because code wrote to, or closed, the file descriptors 3, 4 or 5, by which it talks to the kernel. ${LOST}`,
    );
  }
  if (OUT_OF_MEMORY.test(end.lastWords)) {
    const limit = heapLimit === null ? '' : ` (its limit is ${formatBytes(heapLimit)})`;
    return plainReport('OutOfMemoryError', `JavaScript's heap is full${limit}, and V8 ended the runtime. ${LOST}`);
  }
  if (heapLimit === null && killed === null) {
    const words = end.lastWords.trim();
    const how = end.signal ?? `code ${end.code ?? 'none'}`;
    return plainReport('RuntimeDied', `The runtime could not be started (${how})${words === '' ? '.' : `: ${words}`}`);
  }
  if (end.signal === 'SIGKILL') {
    return plainReport('RuntimeDied', `${killedBy(end.outOfMemoryKill)} ${LOST}`);
  }
  if (end.signal !== null) return plainReport('RuntimeDied', `The runtime was ended by signal ${end.signal}. ${LOST}`);
  return plainReport('RuntimeDied', `The runtime exited with code ${end.code ?? 'none'}. ${LOST}`);
}

/** SIGKILL names no sender: the system's own count of such kills tells, where it is kept. */
function killedBy(outOfMemoryKill: boolean | null): string {
  if (outOfMemoryKill === true) return 'The system killed the runtime (SIGKILL), because memory ran out.';
  if (outOfMemoryKill === false) {
    return (
      'The runtime was killed (SIGKILL). The system counted no kill for want of memory in its group: ' +
      'most likely somebody ended it, as `kill -9` does.'
    );
  }
  return (
    'The runtime was killed (SIGKILL): by the system, which does so when memory runs out, or by somebody, ' +
    'as `kill -9` does.'
  );
}
