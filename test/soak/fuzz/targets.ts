/** What is fuzzed: each target takes one mutated message a call, and throws when something went wrong that may not. */
import { randomUUID } from 'node:crypto';
import {
  ErrorCode,
  ErrorMessage,
  PROTOCOL_VERSION,
  ProtocolError,
  ResultMessage,
  fits,
  requests,
  type RequestMethod,
} from '@heapmark/protocol';
import { isMonitorFrame, isRuntimeFrame } from '../../../kernel/src/front/frame-check.js';
import { MemoryServer, type MethodHandlers } from '../../../kernel/src/front/memory-server.js';
import { decode, encode, ReplayWindow, Signer, WireError } from '../../../kernel/src/front/wire.js';
import { encodeFrame, FrameDecoder } from '../../../kernel/src/ipc/frames.js';
import { mutateBytes, mutateFrames, mutateValue, type Random } from './mutate.js';

const METHODS = Object.keys(requests) as RequestMethod[];

export type Target = (random: Random) => Promise<void> | void;

const pick = <T>(items: readonly T[], random: Random): T => items[Math.floor(random() * items.length)] as T;

const header = (type: string) => ({
  msg_id: randomUUID(),
  msg_type: type,
  session: 's',
  username: 'u',
  date: '2026-01-01T00:00:00Z',
  version: '5.5',
});

const CONTENTS: Record<string, Record<string, unknown>> = {
  execute_request: { code: '1 + 1', silent: false, user_expressions: { a: 'b' }, allow_stdin: true },
  complete_request: { code: 'ab.c', cursor_pos: 4 },
  comm_open: { comm_id: 'c', target_name: 'heapmark.memory', data: {} },
  comm_msg: { comm_id: 'c', data: { jsonrpc: '2.0', id: 1, method: 'hello', params: {} } },
};

/** Jupyter's wire: nothing but a {@link WireError}, and nothing accepted whose signed parts are not as they were. */
export function wireTarget(): Target {
  const signer = new Signer('a key', 'hmac-sha256');
  const open = new Signer('', 'hmac-sha256');
  return (random) => {
    const type = pick(Object.keys(CONTENTS), random);
    const message = { header: header(type), parent: {}, metadata: {}, content: CONTENTS[type] ?? {}, buffers: [] };
    const signed = random() < 0.5;
    const using = signed ? signer : open;
    const frames = encode(message, using, [Buffer.from('peer')]).map((frame) => Buffer.from(frame));
    const sent = random() < 0.2 ? withValues(frames, random) : mutateFrames(frames, random);
    try {
      const got = decode(sent, using, new ReplayWindow());
      const parts = [got.header, got.parent, got.metadata, got.content];
      if (parts.some((part) => typeof part !== 'object' || part === null)) throw new Error('a part is no object');
      if (typeof got.header.msg_id !== 'string') throw new Error('a header without id was accepted');
      if (signed && JSON.stringify(got.content) !== JSON.stringify(message.content)) {
        throw new Error('a message was accepted that nobody had signed');
      }
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
    }
  };
}

/** Well-formed frames whose JSON says something else. */
function withValues(frames: readonly Buffer[], random: Random): Buffer[] {
  const at = 3 + Math.floor(random() * 4);
  const part = JSON.parse(frames[at]?.toString('utf8') ?? '{}') as unknown;
  return frames.map((frame, n) => (n === at ? Buffer.from(JSON.stringify(mutateValue(part, random)) ?? '') : frame));
}

const PARAMS: Partial<Record<RequestMethod, unknown>> = {
  hello: { version: PROTOCOL_VERSION, client: 'fuzz' },
  subscribe: { topics: ['sample', 'cell'], sampleEveryMs: 500 },
  free: { names: ['a', 'b'] },
  variables: { sort: 'size', limit: 10 },
  cancel: { id: 1 },
};

/** The memory protocol: one well-formed answer to each message, whatever it is. */
export function memoryTarget(): Target {
  const refuse = () => Promise.reject(new ProtocolError(ErrorCode.busy, 'This kernel answers nothing.'));
  const handlers = Object.fromEntries(METHODS.map((method) => [method, refuse])) as unknown as MethodHandlers;
  const greeting = { kernelVersion: '1', language: 'typescript', methods: [...METHODS], heapLimit: () => 1 };
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const server = new MemoryServer(handlers, greeting, () => undefined, log);
  return async (random) => {
    const answers: unknown[] = [];
    let answered: () => void = () => undefined;
    const first = new Promise<void>((resolve) => (answered = resolve));
    const peer = server.open((data) => {
      answers.push(data);
      answered();
    });
    const method = pick(METHODS, random);
    const message = { jsonrpc: '2.0', id: Math.floor(random() * 5), method, params: PARAMS[method] ?? {} };
    peer.receive(JSON.parse(JSON.stringify(mutateValue(message, random)) ?? 'null'));
    await first;
    await Promise.resolve();
    peer.close();
    if (answers.length !== 1) throw new Error(`${answers.length} answers to one message`);
    if (!fits(ResultMessage, answers[0]) && !fits(ErrorMessage, answers[0])) {
      throw new Error(`an answer of no known form: ${JSON.stringify(answers[0])}`);
    }
  };
}

const tag = { parentId: 'id', cellId: null, executionCount: 1 };
const FRAMES: readonly object[] = [
  { type: 'stream', tag, name: 'stdout', text: 'some text' },
  { type: 'display', tag, data: { 'text/plain': 'x' }, metadata: {}, transient: {}, update: false },
  { type: 'reply', id: 1, ok: true, value: { a: [1, 2] } },
  { type: 'ask', id: 1, tag, question: { kind: 'input', params: { prompt: '', password: false } } },
  {
    type: 'comm',
    tag: null,
    message: { kind: 'msg', commId: 'c', data: {}, metadata: {}, buffers: [new Uint8Array(4)] },
  },
  { type: 'halted', id: 1, at: null },
  { type: 'heapEnd', at: [{ functionName: 'f', url: 'u', line: 1, column: 1 }] },
];

/** The runtime's frames: a RangeError at most, never a value of another form that is called a frame. */
export function frameTarget(): Target {
  return (random) => {
    const message = random() < 0.5 ? pick(FRAMES, random) : mutateValue(pick(FRAMES, random), random);
    const bytes = random() < 0.5 ? encodeFrame(message) : mutateBytes(encodeFrame(message), random);
    const decoder = new FrameDecoder();
    const cut = Math.floor(random() * bytes.length);
    try {
      for (const part of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
        for (const frame of decoder.push(part)) {
          if (isRuntimeFrame(frame) && typeof frame.type !== 'string') throw new Error('a frame without a type');
          isMonitorFrame(frame);
        }
      }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  };
}
