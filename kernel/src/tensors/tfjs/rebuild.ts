/** Makes a wasm backend anew around its live data: WebAssembly's memory grows and never shrinks. */
import type { Backend, DataId, Engine } from './engine.js';

/**
 * Moves the live data off, removes the backend, registers it again and moves the data back. Gives why it could not be
 * done, or `null`.
 * @param live the data on it.
 */
export async function rebuildBackend(engine: Engine, name: string, live: readonly DataId[]): Promise<string | null> {
  const registered = engine.registryFactory[name];
  const refuge: Backend | null = engine.findBackend('cpu');
  if (registered === undefined) return `the backend ${name} is not registered`;
  if (refuge === null && live.length > 0)
    return 'its live tensors need the cpu backend to wait on: import @tensorflow/tfjs-backend-cpu first';
  const wasActive = engine.backendName === name;
  const previous = engine.backendName;
  if (refuge !== null) for (const dataId of live) engine.moveData(refuge, dataId);
  engine.removeBackend(name);
  engine.registerBackend(name, registered.factory, registered.priority);
  if (!(await engine.setBackend(name)))
    return `the backend ${name} could not be made again; its data are on the cpu now`;
  const renewed = engine.findBackend(name);
  if (renewed !== null) for (const dataId of live) engine.moveData(renewed, dataId);
  // None is set before the first tensor.
  if (!wasActive && previous) await engine.setBackend(previous);
  return null;
}
