import { describe, expect, it } from 'vitest';
import { findPython } from '../../../scripts/setup/python.mjs';

type Facts = { version: number[]; missing: string[] };

/** A machine on which only these commands exist. */
function machine(commands: Record<string, Facts>, env: NodeJS.ProcessEnv = {}, platform: NodeJS.Platform = 'linux') {
  return {
    env,
    platform,
    probe: ({ command, args }: { command: string; args: string[] }) => commands[[command, ...args].join(' ')] ?? null,
  };
}

const complete = (...version: number[]): Facts => ({ version, missing: [] });

describe('finding Python', () => {
  it('takes the first one that is new enough and complete', () => {
    const found = findPython(
      machine({
        python3: complete(3, 9, 1),
        python: { version: [3, 12, 0], missing: ['venv'] },
        'python3.11': complete(3, 11, 7),
      }),
    );
    expect(found).toEqual({ command: 'python3.11', args: [], version: '3.11.7' });
  });

  it('compares versions as numbers, not as text', () => {
    expect(findPython(machine({ python3: complete(3, 10, 0) })).version).toBe('3.10.0');
    expect(findPython(machine({ python3: complete(4, 0, 0) })).version).toBe('4.0.0');
  });

  it('asks the launcher of Windows first', () => {
    const found = findPython(machine({ 'py -3': complete(3, 13, 1), python: complete(3, 10, 0) }, {}, 'win32'));
    expect(found).toEqual({ command: 'py', args: ['-3'], version: '3.13.1' });
  });

  it('says in one line that there is no Python', () => {
    expect(() => findPython(machine({}))).toThrow(/needs Python 3\.10 or newer .* none was found: install it [^\n]*$/);
  });

  it('says which versions are too old', () => {
    expect(() => findPython(machine({ python3: complete(3, 8, 10), python: complete(2, 7, 18) }))).toThrow(
      'Heapmark needs Python 3.10 or newer; found 3.8.10, 2.7.18.',
    );
  });

  it('names the package that brings a missing venv module', () => {
    const world = machine({ python3: { version: [3, 11, 2], missing: ['ensurepip'] } });
    expect(() => findPython(world)).toThrow('apt install python3.11-venv');
  });

  it('uses the one that PYTHON names, and no other', () => {
    const commands = { '/opt/python': complete(3, 12, 0), python3: complete(3, 13, 0) };
    expect(findPython(machine(commands, { PYTHON: '/opt/python' })).command).toBe('/opt/python');
    expect(() => findPython(machine(commands, { PYTHON: '/nowhere' }))).toThrow('PYTHON=/nowhere does not run');
  });
});
