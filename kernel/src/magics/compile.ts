import { MagicError, type RunnableCode, type RuntimeContext } from '../runtime/context.js';

/** Compiles code that a user wrote behind a magic; what the compiler has against it is a usage error. */
export async function compiled(runtime: Pick<RuntimeContext, 'compile'>, code: string): Promise<RunnableCode> {
  try {
    return await runtime.compile(code);
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'KeyboardInterrupt') throw cause;
    throw new MagicError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
