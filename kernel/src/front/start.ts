/** Starts a kernel from its connection file, with the compiler in its thread and the runtime in its process. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startCompiler } from '../compiler/client.js';
import { yieldToMainThread } from './background-thread.js';
import { readConnection } from './connection.js';
import type { Language } from './handlers/handler.js';
import type { Kernel } from './kernel.js';
import type { Logger } from './log.js';
import { stateDirectory } from './state-directory.js';

export interface StartOptions {
  connectionFile: string;
  language: Language;
  /** Folder of the built scripts. */
  dist: string;
  env: NodeJS.ProcessEnv;
  log: Logger;
  onEnd(): void;
}

/** Rejects with an error of one line when the connection file is wrong or an address is taken. */
export async function startKernel(options: StartOptions): Promise<Kernel> {
  const { connectionFile, language, dist, env, log, onEnd } = options;
  const connection = readConnection(connectionFile);
  const folder = process.cwd();
  yieldToMainThread();
  // First of all: it takes the longest until it can answer, in a thread of its own.
  const compiler = startCompiler({ folder });
  // Cells of a JavaScript notebook promise no types.
  if (language === 'javascript') void compiler.typecheck(false);
  try {
    const { Kernel } = await import('./kernel.js');
    return await Kernel.start({
      connection,
      language,
      runtime: { node: process.execPath, flags: [], script: join(dist, 'runtime.mjs'), env, cwd: folder },
      snapshotWorker: pathToFileURL(join(dist, 'snapshot-worker.mjs')),
      compiler,
      historyFile: join(stateDirectory(env), 'history.jsonl'),
      log,
      onEnd,
    });
  } catch (error) {
    await compiler.close();
    throw error;
  }
}
