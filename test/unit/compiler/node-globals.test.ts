import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CompilerService } from '../../../kernel/src/compiler/service.js';
import { Session } from './notebook-session.js';

const IDENTIFIER = /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u;
const session = new Session();

/** The globals of this Node; `-e` puts modules among them, which cells have to import. */
function nodeGlobals(): string[] {
  const listed = execFileSync(
    process.execPath,
    ['--input-type=module', '-e', 'process.stdout.write(Object.getOwnPropertyNames(globalThis).join(" "))'],
    { encoding: 'utf8' },
  );
  return listed.split(' ').filter((name) => IDENTIFIER.test(name) && !builtinModules.includes(name));
}

describe('the globals of Node', () => {
  it('are all known to cells', () => {
    const names = nodeGlobals();
    expect(names).toContain('WebAssembly');
    expect(names.length).toBeGreaterThan(100);
    expect(session.errors(`${names.map((name) => `void ${name};`).join('\n')}\nconst wrong: number = '';`)).toEqual([
      expect.stringMatching(/^TS2322 /),
    ]);
  });

  it('are types where they are classes', () => {
    const classes =
      'TextEncoder TextDecoder BroadcastChannel MessageChannel MessagePort Performance PerformanceEntry PerformanceMark ' +
      'PerformanceMeasure PerformanceObserver PerformanceObserverEntryList PerformanceResourceTiming Crypto CryptoKey ' +
      'SubtleCrypto Navigator CloseEvent URLPattern Blob Response WebSocket';
    for (const name of classes.split(' ')) {
      expect(session.errors(`const wrong: ${name} = 5;`), name).toEqual([
        expect.stringContaining(`Type 'number' is not assignable to type '${name}'`),
      ]);
    }
  });

  it('run WebAssembly with its types', async () => {
    const bytes = '0, 97, 115, 109, 1, 0, 0, 0, 5, 3, 1, 0, 2, 7, 7, 1, 3, 109, 101, 109, 2, 0';
    const code = `
      const compiled: WebAssembly.Module = await WebAssembly.compile(Buffer.from([${bytes}]));
      const { mem } = (await WebAssembly.instantiate(compiled)).exports;
      const memory: WebAssembly.Memory = mem;
      [WebAssembly.Module.exports(compiled)[0]?.kind, memory.buffer.byteLength]`;
    expect(await session.run(code)).toEqual(['memory', 2 * 65_536]);
    expect(session.errors('new WebAssembly.Memory({ initial: "1" })')).toEqual([expect.stringMatching(/^TS2322 /)]);
  });

  it('are those of a notebook whose tsconfig.json asks for the DOM', () => {
    const folder = mkdtempSync(join(tmpdir(), 'heapmark-dom-'));
    writeFileSync(join(folder, 'tsconfig.json'), '{ "compilerOptions": { "lib": ["esnext", "dom"] } }');
    const dom = new Session(new CompilerService({ folder }));
    expect(
      dom.errors('document.title; new WebAssembly.Memory({ initial: 1 }).buffer; navigator.onLine; wrong'),
    ).toEqual([expect.stringMatching(/^TS2304 .*'wrong'/)]);
    rmSync(folder, { recursive: true });
  });
});
