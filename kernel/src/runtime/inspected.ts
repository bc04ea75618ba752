/** Code that the monitor has the inspector run on the main thread, in the middle of any other. */
import { GAUGE_CHANNEL } from '../ipc/process.js';

/** The name of such code in a stack. */
export const INSPECTED = 'heapmark:monitor';
/** On a line of its own: the inspector puts functions in parentheses. */
const NAMED = `\n//# sourceURL=${INSPECTED}\n`;

/** For `Runtime.callFunctionOn`: calls the function that is called on. */
export const CALL_IT = `function () { return this(); }${NAMED}`;

/** V8's collector, from a context of its own: user code may have replaced any global. */
export const COLLECTOR = `process.getBuiltinModule('node:vm').runInNewContext('gc')${NAMED}`;

const gauge = (use: string): string => `{
  const gauge = {};
  process.getBuiltinModule('node:diagnostics_channel').channel('${GAUGE_CHANNEL}').publish(gauge);
  gauge.${use};
}${NAMED}`;

/** Gives the function that reads the counters. */
export const FIND_GAUGE = gauge('read');

/** Takes the promise hooks away. */
export const UNHOOK = gauge('unhook()');
