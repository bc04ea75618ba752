/**
 * Globals of Node that Node's types leave to those of browsers, which bring thousands of names that no cell can use.
 * Where a notebook's own types have one of these too, theirs comes first.
 */

/** What holds bytes, for interfaces of the web. */
type BufferSource = ArrayBufferLike | ArrayBufferView;
type HeadersInit = NonNullable<ConstructorParameters<typeof Headers>[0]>;
type BodyInit = NonNullable<RequestInit['body']>;
type RequestInfo = Parameters<typeof fetch>[0];

// An interface extends no import by itself, but what a type makes of one.
interface TextEncoder extends NonNullable<import('node:util').TextEncoder> {}
interface TextDecoder extends NonNullable<import('node:util').TextDecoder> {}
interface BroadcastChannel extends NonNullable<import('node:worker_threads').BroadcastChannel> {}
interface MessageChannel extends NonNullable<import('node:worker_threads').MessageChannel> {}
interface MessagePort extends NonNullable<import('node:worker_threads').MessagePort> {}

interface Performance extends NonNullable<import('node:perf_hooks').Performance> {}
declare var Performance: { readonly prototype: Performance };
interface PerformanceEntry extends NonNullable<import('node:perf_hooks').PerformanceEntry> {}
interface PerformanceMark extends NonNullable<import('node:perf_hooks').PerformanceMark> {}
interface PerformanceMeasure extends NonNullable<import('node:perf_hooks').PerformanceMeasure> {}
interface PerformanceObserver extends NonNullable<import('node:perf_hooks').PerformanceObserver> {}
interface PerformanceObserverEntryList extends NonNullable<import('node:perf_hooks').PerformanceObserverEntryList> {}
interface PerformanceResourceTiming extends NonNullable<import('node:perf_hooks').PerformanceResourceTiming> {}

interface Crypto extends NonNullable<import('node:crypto').webcrypto.Crypto> {}
declare var Crypto: { readonly prototype: Crypto };
interface CryptoKey extends NonNullable<import('node:crypto').webcrypto.CryptoKey> {}
declare var CryptoKey: { readonly prototype: CryptoKey };
interface CryptoKeyPair extends NonNullable<import('node:crypto').webcrypto.CryptoKeyPair> {}
interface SubtleCrypto extends NonNullable<import('node:crypto').webcrypto.SubtleCrypto> {}
declare var SubtleCrypto: { readonly prototype: SubtleCrypto };
interface JsonWebKey extends NonNullable<import('node:crypto').webcrypto.JsonWebKey> {}

interface Navigator {
  /** Logical processors. */
  readonly hardwareConcurrency: number;
  readonly language: string;
  readonly languages: readonly string[];
  readonly platform: string;
  readonly userAgent: string;
}
declare var Navigator: { readonly prototype: Navigator };
/** From Node 21 on. */
declare var navigator: Navigator;

interface CloseEvent extends Event {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
}
/** From Node 23 on. */
declare var CloseEvent: {
  readonly prototype: CloseEvent;
  new (type: string, init?: { code?: number; reason?: string; wasClean?: boolean }): CloseEvent;
};

interface URLPatternInit {
  protocol?: string;
  username?: string;
  password?: string;
  hostname?: string;
  port?: string;
  pathname?: string;
  search?: string;
  hash?: string;
  baseURL?: string;
}
interface URLPatternComponentResult {
  input: string;
  groups: Record<string, string | undefined>;
}
interface URLPatternResult extends Record<Exclude<keyof URLPatternInit, 'baseURL'>, URLPatternComponentResult> {
  inputs: (string | URLPatternInit)[];
}
interface URLPattern extends Readonly<Required<Omit<URLPatternInit, 'baseURL'>>> {
  readonly hasRegExpGroups: boolean;
  test(input?: string | URLPatternInit, baseURL?: string): boolean;
  exec(input?: string | URLPatternInit, baseURL?: string): URLPatternResult | null;
}
/** From Node 24 on. */
declare var URLPattern: {
  readonly prototype: URLPattern;
  new (input?: string | URLPatternInit, options?: { ignoreCase?: boolean }): URLPattern;
  new (input: string, baseURL: string, options?: { ignoreCase?: boolean }): URLPattern;
};

/** https://webassembly.github.io/spec/js-api/ */
declare namespace WebAssembly {
  type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128' | 'anyfunc' | 'externref';
  type TableKind = 'anyfunc' | 'externref';
  type ImportExportKind = 'function' | 'table' | 'memory' | 'global' | 'tag';
  type ImportValue = ((...values: any[]) => any) | Global | Memory | Table | Tag | number | bigint;
  type ModuleImports = Record<string, ImportValue>;
  type Imports = Record<string, ModuleImports>;
  /** Functions, memories, tables, globals: which, only the module knows. */
  type ExportValue = any;
  type Exports = Record<string, ExportValue>;

  interface ModuleExportDescriptor {
    name: string;
    kind: ImportExportKind;
  }
  interface ModuleImportDescriptor extends ModuleExportDescriptor {
    module: string;
  }
  interface WebAssemblyInstantiatedSource {
    module: Module;
    instance: Instance;
  }

  /** Compiled code, without state: threads may share it. */
  class Module {
    constructor(bytes: BufferSource);
    static exports(module: Module): ModuleExportDescriptor[];
    static imports(module: Module): ModuleImportDescriptor[];
    static customSections(module: Module, name: string): ArrayBuffer[];
  }

  class Instance {
    constructor(module: Module, imports?: Imports);
    readonly exports: Exports;
  }

  /** Sizes in pages of 64 KiB. */
  interface MemoryDescriptor {
    initial: number;
    maximum?: number;
    shared?: boolean;
  }
  class Memory {
    constructor(descriptor: MemoryDescriptor);
    /** Another one after each growth: views of the old one are empty then. */
    readonly buffer: ArrayBuffer;
    /** @param pages of 64 KiB. Returns how many there were before. */
    grow(pages: number): number;
  }

  interface TableDescriptor {
    element: TableKind;
    initial: number;
    maximum?: number;
  }
  class Table {
    constructor(descriptor: TableDescriptor, value?: any);
    readonly length: number;
    get(index: number): any;
    set(index: number, value?: any): void;
    grow(elements: number, value?: any): number;
  }

  interface GlobalDescriptor {
    value: ValueType;
    mutable?: boolean;
  }
  class Global {
    constructor(descriptor: GlobalDescriptor, value?: any);
    value: any;
    valueOf(): any;
  }

  class Tag {
    constructor(type: { parameters: ValueType[] });
  }
  class Exception {
    constructor(tag: Tag, payload: any[], options?: { traceStack?: boolean });
    is(tag: Tag): boolean;
    getArg(tag: Tag, index: number): any;
    readonly stack?: string;
  }

  class CompileError extends Error {}
  class LinkError extends Error {}
  class RuntimeError extends Error {}

  function validate(bytes: BufferSource): boolean;
  function compile(bytes: BufferSource): Promise<Module>;
  function compileStreaming(source: Response | PromiseLike<Response>): Promise<Module>;
  function instantiate(bytes: BufferSource, imports?: Imports): Promise<WebAssemblyInstantiatedSource>;
  function instantiate(module: Module, imports?: Imports): Promise<Instance>;
  function instantiateStreaming(
    source: Response | PromiseLike<Response>,
    imports?: Imports,
  ): Promise<WebAssemblyInstantiatedSource>;
}
