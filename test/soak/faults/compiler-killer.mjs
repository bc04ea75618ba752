/** Loaded into the front before it starts: SIGUSR2 then ends the compiler's thread, as a crash of it would. */
import { syncBuiltinESMExports } from 'node:module';
import threads from 'node:worker_threads';

if (process.argv[2] === 'kernel' && threads.isMainThread) {
  const compilers = [];
  threads.Worker = class extends threads.Worker {
    constructor(file, options) {
      super(file, options);
      if (String(file).includes('compiler-worker')) compilers.push(this);
    }
  };
  syncBuiltinESMExports();
  process.on('SIGUSR2', () => void compilers.at(-1)?.terminate());
}
