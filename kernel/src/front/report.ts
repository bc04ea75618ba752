/** Errors of the kernel itself, as user code's errors look. */
import type { ErrorReport } from '../ipc/messages.js';

/** An error without a stack: what happened, on one line. */
export function plainReport(ename: string, evalue: string): ErrorReport {
  return { ename, evalue, traceback: [`\u001b[31m${ename}\u001b[39m: ${evalue}`] };
}
