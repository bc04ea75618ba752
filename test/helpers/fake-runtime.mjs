/**
 * A runtime process of its own make, for tests of the front's side: it speaks the frames and does what `run` tells it.
 * The cell's `js` is the name of a behaviour.
 */
import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { deserialize, serialize } from 'node:v8';

const secret = process.env.HEAPMARK_DRAIN_SECRET;

function send(message) {
  const payload = serialize(message);
  const frame = Buffer.alloc(8 + payload.length);
  frame.write('HMRK', 'latin1');
  frame.writeUInt32LE(payload.length, 4);
  payload.copy(frame, 8);
  writeSync(4, frame);
}

const done = ({ id, tag }, over = {}) => ({
  type: 'done',
  id,
  tag,
  status: 'ok',
  error: null,
  defined: [],
  userExpressions: {},
  payload: [],
  measure: { startedAt: 0, elapsedMs: 0, before: null, after: null },
  ...over,
});
function drain(id) {
  for (const descriptor of [1, 2]) writeSync(descriptor, `\0heapmark:${secret}:${id}\0`);
}

const behaviours = {
  ok(message) {
    drain(message.id);
    send(done(message));
  },
  /** Native output comes long after `done`. */
  slowOutput(message) {
    send(done(message));
    setTimeout(() => {
      writeSync(1, 'late native');
      drain(message.id);
    }, 100);
  },
  noMarkers: (message) => send(done(message)),
  exit: () => process.exit(5),
  lastWords() {
    writeSync(2, 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n');
    process.abort();
  },
  garbage: () => writeSync(4, Buffer.from([1, 0, 0, 0, 99])),
  ask(message) {
    answers.set(1, (answer) =>
      behaviours.ok(message, send({ type: 'stream', tag: message.tag, name: 'stdout', text: JSON.stringify(answer) })),
    );
    send({ type: 'ask', id: 1, tag: message.tag, question: { kind: 'cells', params: null } });
  },
  hang: () => undefined,
};
const answers = new Map();

let pending = Buffer.alloc(0);
const input = new Socket({ fd: 5 });
input.on('data', (chunk) => {
  pending = Buffer.concat([pending, chunk]);
  while (pending.length >= 8 && pending.length >= 8 + pending.readUInt32LE(4)) {
    const length = pending.readUInt32LE(4);
    const message = deserialize(pending.subarray(8, 8 + length));
    pending = pending.subarray(8 + length);
    if (message.type === 'run') behaviours[message.cell.js](message);
    if (message.type === 'answer') answers.get(message.id)?.(message);
    if (message.type === 'request') send({ type: 'reply', id: message.id, ok: true, value: message.method });
  }
});
input.on('end', () => process.exit(0));
send({ type: 'ready', version: 1, pid: process.pid, node: process.version, heapLimit: 1_000_000 });
