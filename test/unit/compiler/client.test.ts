import { describe, expect, it } from 'vitest';
import { startCompiler } from '../../../kernel/src/compiler/client.js';

/** A thread that answers as the text of a function of the message says. */
const thread = (answer: string): URL =>
  new URL(
    `data:text/javascript,${encodeURIComponent(
      `import { parentPort } from 'node:worker_threads'; parentPort.on('message', (call) => { (${answer})(call, (message) => parentPort.postMessage(message)); });`,
    )}`,
  );

describe('the compiler seen from the front', () => {
  it('gets the answer to each of its calls, in whatever order they come', async () => {
    const compiler = startCompiler(
      { folder: '/' },
      thread(`(call, send) => {
        globalThis.held ??= [];
        held.push({ id: call.id, ok: true, value: { status: call.args[0] } });
        if (held.length === 2) for (const each of held.reverse()) send(each);
      }`),
    );
    const answers = await Promise.all([compiler.isComplete('first'), compiler.isComplete('second')]);
    expect(answers).toEqual([{ status: 'first' }, { status: 'second' }]);
    await compiler.close();
  });

  it('hears of an error that the thread answers with', async () => {
    const compiler = startCompiler(
      { folder: '/' },
      thread(`(call, send) => send({ id: call.id, ok: false, error: new Error('no such file') })`),
    );
    await expect(compiler.compileModule('a.ts', '')).rejects.toThrow('no such file');
    await compiler.close();
  });

  it('is told when the thread dies, and each later call too', async () => {
    const compiler = startCompiler({ folder: '/' }, thread(`() => { throw new Error('out of luck') }`));
    await expect(compiler.isComplete('x')).rejects.toThrow("The compiler's thread failed: out of luck");
    await expect(compiler.isComplete('y')).rejects.toThrow("The compiler's thread failed");
    await compiler.close();
  });

  it('ends what waits when it is closed', async () => {
    const compiler = startCompiler({ folder: '/' }, thread('() => undefined'));
    const waiting = expect(compiler.isComplete('x')).rejects.toThrow('The compiler was closed.');
    await compiler.close();
    await waiting;
  });
});
