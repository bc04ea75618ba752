/** `npm run soak`: long forms of the tests, each with its figures. */
import { parseOptions, UsageError, USAGE } from './options.js';
import { soaks } from './soaks.js';

async function main(argv: string[]): Promise<number> {
  const options = parseOptions(argv, Object.keys(soaks));
  if (options === null) {
    console.log(USAGE);
    return 0;
  }
  const failures: string[] = [];
  for (const name of options.only) {
    console.log(`\n== ${name}`);
    const found = await soaks[name]?.(options, (line) => console.log(line));
    for (const failure of found ?? []) {
      console.error(`FAILED: ${failure}`);
      failures.push(failure);
    }
  }
  console.log(`\n${failures.length === 0 ? 'All was reached.' : `${failures.length} not reached.`}`);
  return failures.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
