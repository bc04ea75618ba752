import { describe, expect, test } from 'vitest';
import {
  ErrorCode,
  ErrorMessage,
  NotificationMessage,
  ProtocolError,
  RequestMessage,
  ResultMessage,
  events,
  failure,
  fits,
  isEventName,
  isRequestMethod,
  notification,
  parse,
  publishedSchema,
  request,
  requests,
  result,
  type JsonSchema,
} from '@heapmark/protocol';
import { cellRecord, gcRecord, sample, variable } from '../magics/fake-runtime.js';

describe('messages', () => {
  test('what the makers make fits the envelopes', () => {
    expect(fits(RequestMessage, request(1, 'gc', {}))).toBe(true);
    expect(fits(RequestMessage, request('a', 'gc', undefined))).toBe(true);
    expect(fits(ResultMessage, result(1, null))).toBe(true);
    expect(fits(ErrorMessage, failure(null, ErrorCode.parseError, 'no JSON'))).toBe(true);
    expect(failure(1, ErrorCode.busy, 'wait', { reason: 'a cell' }).error.data).toEqual({ reason: 'a cell' });
    expect(fits(NotificationMessage, notification('sample', sample))).toBe(true);
  });

  test('a notification is no request, and another version of JSON-RPC is neither', () => {
    expect(fits(RequestMessage, notification('sample', sample))).toBe(false);
    expect(fits(RequestMessage, { jsonrpc: '1.0', id: 1, method: 'gc' })).toBe(false);
    expect(fits(RequestMessage, { ...request(1, 'gc', {}), id: null })).toBe(false);
    expect(fits(RequestMessage, { ...request(1, 'gc', {}), id: 1.5 })).toBe(false);
  });

  test('an error carries its code, its data and its cause', () => {
    const cause = new Error('below');
    const error = new ProtocolError(ErrorCode.unavailable, 'no figures', { reason: 'none' }, { cause });
    expect(error).toMatchObject({ name: 'ProtocolError', code: -32002, data: { reason: 'none' }, cause });
  });

  test('our own error codes are in the range that JSON-RPC leaves to applications, each once', () => {
    const codes = Object.values(ErrorCode);
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of codes) expect(code >= -32_768 && code <= -32_000).toBe(true);
  });
});

describe('methods and events', () => {
  test('are told by their own names only', () => {
    for (const method of Object.keys(requests)) expect(isRequestMethod(method)).toBe(true);
    for (const name of Object.keys(events)) expect(isEventName(name)).toBe(true);
    for (const name of ['constructor', 'toString', '__proto__', '', 'Free']) {
      expect([isRequestMethod(name), isEventName(name)]).toEqual([false, false]);
    }
  });

  test.each(Object.entries(requests))('%s says what it does', (_method, { description, params }) => {
    expect(description).toMatch(/\.$/);
    expect(params.json['type']).toBe('object');
  });

  test('parameters are checked: what is missing, of another type, or no choice is refused', () => {
    expect(fits(requests.free.params, { names: ['a'], all: true })).toBe(true);
    for (const wrong of [{}, { names: 'a' }, { names: [1] }, { names: [], all: 'yes' }, null, []]) {
      expect(fits(requests.free.params, wrong)).toBe(false);
    }
    expect(fits(requests.subscribe.params, { topics: ['sample', 'nothing'] })).toBe(false);
    expect(fits(requests.variables.params, { sort: 'colour' })).toBe(false);
  });
});

describe('records', () => {
  test('as the kernel makes them fit', () => {
    expect(parse(requests.gc.result, gcRecord())).toBeTruthy();
    expect(parse(events.cell, { cell: cellRecord() })).toBeTruthy();
    expect(parse(events.sample, sample)).toBeTruthy();
    const record = {
      variables: [variable('a')],
      totalBytes: 1,
      precision: 'exact',
      truncated: false,
      hiddenCount: 0,
      elapsedMs: 1,
    };
    expect(parse(requests.variables.result, { record, stale: false, asOf: 1 })).toBeTruthy();
  });

  test('an unknown figure is null: undefined and NaN are refused', () => {
    expect(fits(events.sample, { ...sample, rss: null })).toBe(true);
    expect(fits(events.sample, { ...sample, rss: undefined })).toBe(false);
    expect(fits(events.sample, { ...sample, rss: Number.NaN })).toBe(false);
    expect(fits(events.sample, { ...sample, rss: -1 })).toBe(false);
  });
});

describe('the published schema', () => {
  const published = publishedSchema();

  test('survives JSON, so that nothing in it is lost on paper', () => {
    expect(JSON.parse(JSON.stringify(published))).toEqual(published);
  });

  test('uses only keywords that the check here knows', () => {
    const known = new Set([
      'type',
      'properties',
      'required',
      'items',
      'enum',
      'const',
      'anyOf',
      'minimum',
      'additionalProperties',
      'description',
    ]);
    const unknown: string[] = [];
    const walk = (json: JsonSchema): void => {
      unknown.push(...Object.keys(json).filter((keyword) => !known.has(keyword)));
      for (const member of Object.values((json['properties'] ?? {}) as Record<string, JsonSchema>)) walk(member);
      for (const member of (json['anyOf'] ?? []) as JsonSchema[]) walk(member);
      for (const member of [json['items'], json['additionalProperties']])
        if (member !== undefined) walk(member as JsonSchema);
    };
    for (const { params, result: answer } of Object.values(requests))
      [params, answer].forEach(({ json }) => walk(json));
    for (const { json } of Object.values(events)) walk(json);
    expect(unknown).toEqual([]);
  });
});
