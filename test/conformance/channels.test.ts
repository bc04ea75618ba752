import { describe, expect, it } from 'vitest';
import { resultOf, useKernel } from '../helpers/shared-kernel.js';

const shared = useKernel();
const FRAME =
  'const { serialize } = require("node:v8"); const { writeSync, closeSync } = require("node:fs"); const forge = (to: number, what: unknown) => { const body = serialize(what); const head = Buffer.from("HMRK0000"); head.writeUInt32LE(body.length, 4); writeSync(to, Buffer.concat([head, body])); };';

/** The front is the same and answers; cells run, in this runtime or the next. */
async function survives(): Promise<void> {
  expect(resultOf(await shared.client.execute('let after: number = 20; after + 1'))).toBe('21');
  expect(shared.kernel.process.exitCode).toBeNull();
}

describe('frames that a cell forges', () => {
  it.each([
    ['nothing', 'null'],
    ['of an unknown type', '{ type: "__proto__" }'],
    ['without their fields', '{ type: "done" }'],
    [
      'that ask what nobody may',
      '{ type: "ask", id: 9_999, tag: null, question: { kind: "constructor", params: {} } }',
    ],
    [
      'with cells that never were',
      '{ type: "done", id: 1e9, tag: { parentId: "no", cellId: null, executionCount: 1 } }',
    ],
  ])('%s: are left out, and everything is kept', async (_name, frame) => {
    const { client } = shared;
    await client.execute('var kept = 7;');
    const { reply } = await client.execute(
      `${FRAME} for (const to of [3, 4]) { if (to === 4) forge(to, ${frame}); } 1`,
    );
    expect(reply.content['status']).toBe('ok');
    expect(resultOf(await client.execute('kept'))).toBe('7');
    await survives();
  });
});

describe('channels that a cell destroys', () => {
  it.each([
    [
      'writes text to',
      'require("node:fs").writeSync(4, "this is no frame at all ".repeat(100)); await new Promise(() => {});',
    ],
    [
      'writes the head of an endless frame to',
      'require("node:fs").writeSync(4, Buffer.from("HMRK\xff\xff\xff\xff", "latin1")); await new Promise(() => {});',
    ],
    [
      'writes a frame that holds nothing to',
      'require("node:fs").writeSync(4, Buffer.from("HMRK\x02\x00\x00\x00##", "latin1")); await new Promise(() => {});',
    ],
    ['closes', 'require("node:fs").closeSync(4); await new Promise(() => {});'],
  ])('when a cell %s them, it gets one error and the next runtime works', async (_name, code) => {
    const { reply } = await shared.client.execute(code);
    expect(reply.content).toMatchObject({ status: 'error', ename: 'RuntimeDied' });
    await survives();
  });
});
