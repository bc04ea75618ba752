/** Heap snapshots of the main thread, taken from the monitor's: it works while user code spins, and V8 pauses that code. */
import { Session, type HeapProfiler } from 'node:inspector';

/** Options of one snapshot. */
export interface SnapshotOptions {
  /** Objects have the same ids in the next snapshot; V8 remembers each object for that. */
  keepIds: boolean;
}

/**
 * Takes one; every part is given as it comes. Resolves with the reason when it could not be taken, else with `null`.
 * Each has a session of its own: what it turns off at its end is not what another session needs.
 */
export async function takeSnapshot(
  part: (bytes: Uint8Array) => void,
  options: SnapshotOptions,
): Promise<string | null> {
  const session = new Session();
  try {
    session.connectToMainThread();
    session.on(
      'HeapProfiler.addHeapSnapshotChunk',
      ({ params }: { params: HeapProfiler.AddHeapSnapshotChunkEventDataType }) => part(Buffer.from(params.chunk)),
    );
    // Small integers take no memory of their own, and their nodes would double the snapshot.
    await post(session, 'HeapProfiler.takeHeapSnapshot', { reportProgress: false, captureNumericValue: false });
    // Forgets the ids, so that collections need not keep them up to date for ever.
    if (!options.keepIds) await post(session, 'HeapProfiler.disable', {});
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    session.disconnect();
  }
}

const post = (session: Session, method: string, params: object): Promise<void> =>
  new Promise((resolve, reject) => {
    session.post(method, params, (error) => {
      if (error === null) resolve();
      else reject(new Error(error.message));
    });
  });
