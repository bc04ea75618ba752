import type { RunnableCode } from '../runtime/context.js';
import type { Arguments } from './args.js';
import type { MagicContext } from './context.js';

/** What stands behind a declared magic. */
export interface Magic {
  /** As declared in the protocol. */
  readonly name: string;
  /** Runs `%name`; resolves when its output was sent. Throws `MagicError` for a user's mistake. */
  line?(args: Arguments, context: MagicContext): Promise<void>;
  /** Runs `%%name` around a cell; what it returns is the cell's result. */
  cell?(args: Arguments, body: RunnableCode, context: MagicContext): Promise<{ value: unknown } | undefined>;
}
