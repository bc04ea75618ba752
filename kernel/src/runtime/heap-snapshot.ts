/** Heap snapshots of the main thread, taken from the monitor's: it works while user code spins, and V8 pauses that code. */
import { Session, type HeapProfiler } from 'node:inspector';

/** Options of one snapshot. */
export interface SnapshotOptions {
  /** Objects have the same ids in the next snapshot; V8 remembers each object for that. */
  keepIds: boolean;
}

/** V8 forgets the ids when the session ends that it gave them in. */
let kept: Session | null = null;

/**
 * Takes one; every part is given as it comes. Resolves with the reason when it could not be taken, else with `null`.
 * It has a session of its own: what that one turns off at its end is nothing that another session needs.
 */
export async function takeSnapshot(
  part: (bytes: Uint8Array) => void,
  options: SnapshotOptions,
): Promise<string | null> {
  const session = kept ?? new Session();
  const chunk = ({ params }: { params: HeapProfiler.AddHeapSnapshotChunkEventDataType }): void =>
    part(Buffer.from(params.chunk));
  try {
    if (kept === null) session.connectToMainThread();
    session.on('HeapProfiler.addHeapSnapshotChunk', chunk);
    // Small integers take no memory of their own, and their nodes would double the snapshot.
    await post(session, 'HeapProfiler.takeHeapSnapshot', { reportProgress: false, captureNumericValue: false });
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    session.off('HeapProfiler.addHeapSnapshotChunk', chunk);
    kept = options.keepIds ? session : null;
    // Without ids to keep up to date, collections are as quick as before.
    if (kept === null) session.disconnect();
  }
}

const post = (session: Session, method: string, params: object): Promise<void> =>
  new Promise((resolve, reject) => {
    session.post(method, params, (error) => {
      if (error === null) resolve();
      else reject(new Error(error.message));
    });
  });
