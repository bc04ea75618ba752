/** Reads variables that Node's own functions close over, through the inspector: where Node exports no way to them. */
import { Session } from 'node:inspector';
import type { Runtime } from 'node:inspector';

/** Where the inspector finds what it is asked for, while it is asked. */
const HATCH = Symbol.for('heapmark.closure');
const REACH = `globalThis[Symbol.for('heapmark.closure')]`;

/**
 * Variables by name, as far as a function closes over them.
 * https://chromedevtools.github.io/devtools-protocol/v8/Runtime/#method-getProperties
 */
export function closureOf(fn: object, names: readonly string[]): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  const session = new Session();
  session.connect();
  const hatch = { fn, take: (name: string, value: unknown) => (found[name] = value) };
  const place = globalThis as { [HATCH]?: typeof hatch };
  place[HATCH] = hatch;
  try {
    const owner = ask<Runtime.EvaluateReturnType>(session, 'Runtime.evaluate', { expression: `${REACH}.fn` });
    const scopes = propertiesOf(session, owner?.result.objectId)?.internalProperties?.find(
      ({ name }) => name === '[[Scopes]]',
    );
    for (const { value: scope } of propertiesOf(session, scopes?.value?.objectId)?.result ?? []) {
      if (scope?.description?.startsWith('Global') === true) continue;
      for (const { name, value } of propertiesOf(session, scope?.objectId)?.result ?? []) {
        if (!names.includes(name) || name in found || value?.objectId === undefined) continue;
        const functionDeclaration = `function () { ${REACH}.take(${JSON.stringify(name)}, this); }`;
        ask(session, 'Runtime.callFunctionOn', { objectId: value.objectId, functionDeclaration });
      }
    }
  } finally {
    delete place[HATCH];
    session.disconnect();
  }
  return found;
}

const propertiesOf = (session: Session, objectId: string | undefined): Runtime.GetPropertiesReturnType | null =>
  objectId === undefined ? null : ask(session, 'Runtime.getProperties', { objectId, ownProperties: true });

/** A session of the thread that asks is answered at once. */
function ask<T>(session: Session, method: string, params: object): T | null {
  let answer: T | null = null;
  session.post(method, params, (error, value) => {
    if (error === null) answer = value as T;
  });
  return answer;
}
