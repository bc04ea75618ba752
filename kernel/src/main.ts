/** The command line. The only place that ends the process. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HELP, parseCommand, type Command } from './front/command-line.js';
import { installSpec, kernelsFolder, uninstallSpec } from './front/kernelspec.js';
import { createLogger, reasonOf } from './front/log.js';
import { KERNEL_VERSION } from './front/version.js';

const bundle = fileURLToPath(import.meta.url);

async function run(command: Command): Promise<void> {
  switch (command.kind) {
    case 'help':
      process.stdout.write(HELP);
      break;
    case 'version':
      process.stdout.write(`heapmark ${KERNEL_VERSION}\n`);
      break;
    case 'install': {
      const kernels = kernelsFolder(command.destination, process.env);
      const logos = join(dirname(bundle), '..', 'resources', 'logos');
      for (const spec of command.specs) {
        const folder = installSpec(spec, kernels, process.execPath, bundle, logos);
        process.stdout.write(`Installed ${spec.displayName} in ${folder}\n`);
      }
      break;
    }
    case 'uninstall': {
      const kernels = kernelsFolder(command.destination, process.env);
      for (const { name } of command.specs) {
        const removed = uninstallSpec(name, kernels);
        process.stdout.write(removed ? `Removed ${join(kernels, name)}\n` : `There is no ${join(kernels, name)}\n`);
      }
      break;
    }
    case 'kernel':
      await runKernel(command);
      break;
  }
}

async function runKernel({ connectionFile, language }: Extract<Command, { kind: 'kernel' }>): Promise<void> {
  // What a kernel needs is loaded only when one runs: installing stays quick.
  const [{ startKernel }, { watchParent }] = await Promise.all([
    import('./front/start.js'),
    import('./front/parent-watch.js'),
  ]);
  const log = createLogger(process.env['HEAPMARK_LOG'], (line) => process.stderr.write(line));
  process.on('uncaughtException', (error) => log.error(`uncaught: ${error.stack ?? error.message}`));
  process.on('unhandledRejection', (error) => log.error(`unhandled rejection: ${reasonOf(error)}`));
  const kernel = await startKernel({
    connectionFile,
    language,
    dist: dirname(bundle),
    env: process.env,
    log,
    onEnd: () => process.exit(0),
  });
  process.on('SIGINT', () => kernel.interrupt());
  watchParent(process.env, () => void kernel.shutdown());
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void kernel.shutdown());
}

try {
  await run(parseCommand(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`heapmark: ${reasonOf(error)}\n`);
  process.exit(1);
}
