import { MagicError, type RuntimeContext } from '../runtime/context.js';

/**
 * Asks before names go, in IPython's words; `false` for anything but yes. Throws a usage error where the front end
 * cannot be asked.
 */
export async function confirmed(runtime: RuntimeContext, magic: string): Promise<boolean> {
  let answer: string;
  try {
    answer = await runtime.ask('input', {
      prompt: 'Once deleted, variables cannot be recovered. Proceed (y/[n])? ',
      password: false,
    });
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'KeyboardInterrupt') throw cause;
    throw new MagicError(`${magic} asks before it deletes, and here nobody can answer. ${magic} -f does not ask.`, {
      cause,
    });
  }
  if (/^\s*y(?:es)?\s*$/i.test(answer)) return true;
  runtime.stdout('Nothing was deleted.\n');
  return false;
}
