/** Something the person at the keyboard can put right; printed as one line, without a stack. */
export class Problem extends Error {
  /** @param {string} message what is wrong and what to do next
   *  @param {{ cause?: unknown, detail?: string }} [options] `detail`: output of a failed tool, printed above the line */
  constructor(message, { cause, detail } = {}) {
    super(message, { cause });
    this.name = 'Problem';
    this.code = 'SETUP';
    this.detail = detail;
  }
}

/**
 * Runs an entry point: a {@link Problem} ends it with one line, anything else with its stack.
 * @param {() => Promise<number | void>} main gives the exit code
 */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) || 0;
  } catch (error) {
    if (error instanceof Problem) {
      if (error.detail) console.error(error.detail.trimEnd());
      console.error(error.message);
    } else {
      console.error(error);
    }
    // At once: what else was under way is ended with this process.
    process.exit(1);
  }
}
