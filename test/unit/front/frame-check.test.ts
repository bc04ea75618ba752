import { describe, expect, it } from 'vitest';
import { isMonitorFrame, isRuntimeFrame } from '../../../kernel/src/front/frame-check.js';

const tag = { parentId: 'id', cellId: null, executionCount: 1 };
const measure = { startedAt: 1, elapsedMs: 1, before: null, after: null };
const done = {
  type: 'done',
  id: 1,
  tag,
  status: 'ok',
  error: null,
  defined: ['x'],
  userExpressions: {},
  payload: [],
  measure,
};

describe('a frame of the runtime', () => {
  it.each([
    [{ type: 'stream', tag, name: 'stdout', text: 'x' }],
    [{ type: 'display', tag, data: { 'text/plain': 'x' }, metadata: {}, transient: {}, update: false }],
    [done],
    [{ ...done, status: 'error', error: { ename: 'E', evalue: 'v', traceback: ['t'] } }],
    [{ type: 'event', event: { name: 'warning', params: { kind: 'stopped', text: 'x' } } }],
    [{ type: 'forget', names: ['x'], reason: 'free' }],
    [{ type: 'comm', tag: null, message: { kind: 'msg', commId: 'c', data: {}, metadata: {}, buffers: [] } }],
  ])('is known by its form: %j', (frame) => {
    expect(isRuntimeFrame(frame)).toBe(true);
  });

  it.each([
    [null],
    [7],
    ['stream'],
    [[]],
    [new Map([['type', 'stream']])],
    [{ type: 'toString' }],
    [{ type: '__proto__' }],
    [{ type: 'stream', tag, name: 'stdin', text: 'x' }],
    [{ type: 'stream', name: 'stdout', text: 'x' }],
    [{ ...done, defined: 'x' }],
    [{ ...done, error: { ename: 'E' } }],
    [{ ...done, measure: null }],
    [{ type: 'event', event: { name: 'constructor', params: {} } }],
    [{ type: 'comm', tag: null, message: { kind: 'msg', commId: 'c', metadata: {}, buffers: ['text'] } }],
  ])('is refused when it has another: %j', (frame) => {
    expect(isRuntimeFrame(frame)).toBe(false);
  });
});

describe('a frame of the monitor', () => {
  it('is known by its form, and refused when it has another', () => {
    expect(isMonitorFrame({ type: 'halted', id: 1, at: null })).toBe(true);
    expect(isMonitorFrame({ type: 'heapEnd', at: 'here' })).toBe(false);
    expect(isMonitorFrame({ type: 'usage', id: null, usage: {} })).toBe(false);
  });
});
