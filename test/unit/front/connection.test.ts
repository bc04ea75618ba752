import { describe, expect, it } from 'vitest';
import { ConnectionError, endpoint, parseConnection, readConnection } from '../../../kernel/src/front/connection.js';

const fields = {
  transport: 'tcp',
  ip: '127.0.0.1',
  shell_port: 1,
  iopub_port: 2,
  stdin_port: 3,
  control_port: 4,
  hb_port: 5,
  key: 'k',
  signature_scheme: 'hmac-sha256',
};
const parse = (over: Record<string, unknown>) => parseConnection({ ...fields, ...over }, 'file');

describe('a connection file', () => {
  it('gives the address of each channel', () => {
    expect(endpoint(parse({}), 'iopub')).toBe('tcp://127.0.0.1:2');
    expect(endpoint(parse({ ip: '::1' }), 'hb')).toBe('tcp://[::1]:5');
    expect(endpoint(parse({ transport: 'ipc', ip: '/tmp/kernel' }), 'shell')).toBe('ipc:///tmp/kernel-1');
  });

  it('may carry a pair of CurveZMQ keys', () => {
    const key = 'x'.repeat(40);
    expect(parse({}).curve).toBeNull();
    expect(parse({ curve_publickey: key, curve_secretkey: key }).curve).toEqual({ publicKey: key, secretKey: key });
  });

  it.each([
    [{ transport: 'udp' }],
    [{ ip: undefined }],
    [{ ip: '' }],
    [{ key: 7 }],
    [{ shell_port: undefined }],
    [{ shell_port: 0 }],
    [{ hb_port: 70_000 }],
    [{ hb_port: '5' }],
    [{ curve_publickey: 'x'.repeat(40) }],
    [{ curve_publickey: 'short', curve_secretkey: 'short' }],
  ])('with %j is refused in one line', (over) => {
    expect(() => parse(over)).toThrow(ConnectionError);
    expect(() => parse(over)).toThrow(/^file: [^\n]+$/);
  });

  it('that is not there is refused in one line', () => {
    expect(() => readConnection('/nowhere/at/all.json')).toThrow(/^Cannot read [^\n]+$/);
  });
});
