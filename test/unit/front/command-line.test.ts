import { describe, expect, it } from 'vitest';
import { parseCommand, UsageError } from '../../../kernel/src/front/command-line.js';

describe('the command line', () => {
  it('installs for the user by default', () => {
    expect(parseCommand(['install'])).toMatchObject({
      kind: 'install',
      destination: { kind: 'user' },
      specs: [{ name: 'heapmark' }],
    });
  });

  it('takes a prefix, a name and a display name', () => {
    expect(parseCommand(['install', '--prefix', '/opt', '--name', 'ts', '--display-name', 'TS'])).toMatchObject({
      destination: { kind: 'prefix', prefix: '/opt' },
      specs: [{ name: 'ts', displayName: 'TS', language: 'typescript' }],
    });
  });

  it("takes over tslab's two kernels", () => {
    const command = parseCommand(['install', '--as', 'tslab', '--sys-prefix']);
    expect(command).toMatchObject({ destination: { kind: 'sys-prefix' } });
    expect(command.kind === 'install' && command.specs.map(({ name, language }) => [name, language])).toEqual([
      ['tslab', 'typescript'],
      ['jslab', 'javascript'],
    ]);
  });

  it('runs a kernel of a language', () => {
    expect(parseCommand(['kernel', 'c.json'])).toEqual({
      kind: 'kernel',
      connectionFile: 'c.json',
      language: 'typescript',
    });
    expect(parseCommand(['kernel', 'c.json', '--language', 'javascript'])).toMatchObject({ language: 'javascript' });
  });

  it('shows help when nothing or help is asked', () => {
    for (const args of [[], ['--help'], ['-h'], ['help']]) expect(parseCommand(args)).toEqual({ kind: 'help' });
    expect(parseCommand(['--version'])).toEqual({ kind: 'version' });
  });

  it.each([
    [['brew']],
    [['kernel']],
    [['kernel', 'a', 'b']],
    [['kernel', 'a', '--language', 'python']],
    [['install', 'extra']],
    [['install', '--user', '--sys-prefix']],
    [['install', '--as', 'deno']],
    [['install', '--as', 'tslab', '--name', 'x']],
    [['install', '--what']],
  ])('refuses %j in one line', (args) => {
    expect(() => parseCommand(args)).toThrow(UsageError);
    expect(() => parseCommand(args)).toThrow(/^[^\n]+$/);
  });
});
