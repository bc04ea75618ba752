/** Cells compiled by the real compiler and run in this process on bindings like the runtime's. */
import { UNTRACED } from '../../../kernel/src/runtime/untraced.js';
import { Script } from 'node:vm';
import { createRequire } from 'node:module';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TraceMap, originalPositionFor } from '@jridgewell/trace-mapping';
import { CompilerService } from '../../../kernel/src/compiler/service.js';
import {
  cleanMessage,
  type BindingSlot,
  type CellEnvironment,
  type CompiledCell,
} from '../../../kernel/src/ipc/cell.js';

class Slot implements BindingSlot {
  declare v: unknown;
  freed = false;
  constructor(readonly name: string) {}
}
Object.defineProperty(Slot.prototype, 'v', {
  get(this: Slot) {
    if (!this.freed && this.name in globalThis) return (globalThis as Record<string, unknown>)[this.name];
    throw new ReferenceError(`${this.name} is not defined`);
  },
  set(this: Slot) {
    throw new ReferenceError(`${this.name} is not defined`);
  },
});

export class Session {
  readonly slots = new Map<string, Slot>();
  /** What magics were called with. */
  readonly magics: [string, string][] = [];
  onMagic: (name: string, args: string) => unknown = () => undefined;
  readonly modules = new Map<string, Record<string, unknown>>();
  count = 0;
  timeout: number | undefined;

  constructor(readonly service = new CompilerService({ folder: mkdtempSync(join(tmpdir(), 'heapmark-cells-')) })) {}

  slot(name: string): Slot {
    let slot = this.slots.get(name);
    if (slot === undefined) this.slots.set(name, (slot = new Slot(name)));
    return slot;
  }

  init(slot: BindingSlot, value: unknown): void {
    Object.defineProperty(slot, 'v', { value, writable: true, enumerable: true, configurable: true });
  }

  has(name: string): boolean {
    return Object.hasOwn(this.slot(name), 'v');
  }

  free(...names: string[]): void {
    for (const name of names) {
      delete (this.slot(name) as { v?: unknown }).v;
      this.slot(name).freed = true;
    }
    this.service.forget(names);
  }

  compile(code: string): CompiledCell {
    const compiled = this.service.compile(code, (this.count += 1));
    if (!compiled.ok) throw new Error(compiled.error.evalue);
    this.lastId = compiled.id;
    return compiled.cell;
  }

  lastId = 0;
  lastCell: CompiledCell | null = null;

  /** The diagnostics of a cell that must not compile. */
  errors(code: string): string[] {
    const compiled = this.service.compile(code, (this.count += 1));
    if (compiled.ok) throw new Error(`It compiled: ${compiled.cell.js}`);
    return compiled.diagnostics.map(
      ({ code: number, message, line, column }) => `${number} ${line}:${column} ${message}`,
    );
  }

  /** Compiles and runs a cell; gives the value of its last expression. */
  async run(code: string): Promise<unknown> {
    const cell = this.compile(code);
    const id = this.lastId;
    try {
      return (await this.execute(cell))?.value;
    } finally {
      this.service.settle(
        id,
        cell.declares.map(({ name }) => name).filter((name) => this.has(name)),
      );
    }
  }

  async execute(cell: CompiledCell): Promise<{ value: unknown } | undefined> {
    this.lastCell = cell;
    const script = new Script(`(${cell.js}\n)`, { filename: cell.filename, columnOffset: -1 });
    const body = script.runInThisContext() as (...args: unknown[]) => Promise<{ value: unknown } | undefined>;
    const args = [this.environment(), ...cell.bindings.map((name) => this.slot(name))];
    if (this.timeout === undefined) return body(...args);
    const holder = globalThis as Record<string, unknown>;
    holder['__run'] = () => body(...args);
    return new Script('__run()').runInThisContext({ timeout: this.timeout }) as Promise<{ value: unknown } | undefined>;
  }

  /** Runs a cell that throws; gives the message as the user sees it and where in the cell it came from. */
  async failure(code: string): Promise<{ name: string; message: string; line: number | null; column: number | null }> {
    try {
      await this.run(code);
    } catch (thrown) {
      if (!(thrown instanceof Error)) throw new Error(`It threw ${String(thrown)}`, { cause: thrown });
      return { name: thrown.name, message: cleanMessage(thrown.message), ...this.placeOf(thrown) };
    }
    throw new Error('It did not throw.');
  }

  placeOf(error: Error): { line: number | null; column: number | null } {
    const filename = this.lastCell?.filename ?? '';
    const frame = (error.stack ?? '').split('\n').find((each) => each.includes(filename)) ?? '';
    const [, line, column] = /:(\d+):(\d+)\)?$/.exec(frame) ?? [];
    const map = new TraceMap(this.lastCell?.sourceMap ?? '{}');
    const found = originalPositionFor(map, { line: Number(line), column: Number(column) - 1 });
    return { line: found.line, column: found.column === null ? null : found.column + 1 };
  }

  private environment(): CellEnvironment {
    const { slots } = this;
    const folder = tmpdir();
    return {
      trace: UNTRACED,
      import: async (specifier) => {
        const own = this.modules.get(specifier);
        if (own !== undefined) return own;
        return (await import(specifier)) as Record<string, unknown>;
      },
      magic: async (name, args) => {
        this.magics.push([name, args]);
        await this.onMagic(name, args);
      },
      wait: (value) => value,
      after: (value) => value,
      late: (name) => this.slot(name),
      scope: new Proxy(Object.create(null) as object, {
        has: (_target, key) => typeof key === 'string' && slots.has(key) && this.has(key),
        get: (_target, key) => (typeof key === 'string' ? this.slot(key).v : undefined),
        set: (_target, key, value) => {
          this.slot(String(key)).v = value;
          return true;
        },
      }),
      require: createRequire(import.meta.url),
      module: { exports: {} },
      filename: join(folder, 'cell.ts'),
      dirname: folder,
      importMeta: { url: 'file:///cell.ts', filename: '/cell.ts', dirname: '/', resolve: (specifier) => specifier },
      init: (slot, value) => this.init(slot, value),
    };
  }
}
