/**
 * Questions to V8 that JavaScript has no words for: does an object keep its properties in a table, do two objects have
 * the same hidden class, are an array's elements raw doubles.
 *
 * V8 answers them through its runtime functions (`src/runtime/runtime-test.cc`), which read and change nothing. The
 * syntax is switched on for the moment these few functions are compiled. Where a V8 has one of them no longer, it is
 * `null` here and the figures that need it get a range instead.
 */
import { setFlagsFromString } from 'node:v8';
import { compileFunction } from 'node:vm';
import { textForms, type TextKind } from './text-forms.js';

/** Answers of the engine; `null` where this V8 does not give them. */
export interface Natives {
  sameHiddenClass: (a: object, b: object) => boolean;
  fastProperties: (value: object) => boolean;
  doubleElements: (value: object) => boolean;
  smiElements: (value: object) => boolean;
  holeyElements: (value: object) => boolean;
  dictionaryElements: (value: object) => boolean;
  internalized: (text: string) => boolean;
  /** How V8 keeps a text; `null` where that is none of the forms that are known. */
  textKind: (text: string) => TextKind | null;
  /** In a space of its own: a text of over 128 kB is then flat; else it is a concatenation, a slice or external. */
  inLargeObjectSpace: (value: string) => boolean;
}

/** Compiles with the syntax of runtime functions; `null` where this V8 does not know one of them. */
function withNatives<T>(compile: (native: (name: string, ...parameters: string[]) => never) => T): T | null {
  setFlagsFromString('--allow-natives-syntax');
  try {
    return compile(
      (name, ...parameters) => compileFunction(`return %${name}(${parameters.join(', ')})`, parameters) as never,
    );
  } catch {
    return null;
  } finally {
    setFlagsFromString('--no-allow-natives-syntax');
  }
}

function compile(): Natives | null {
  return withNatives((native) => {
    const found: Natives = {
      sameHiddenClass: native('HaveSameMap', 'a', 'b'),
      fastProperties: native('HasFastProperties', 'a'),
      doubleElements: native('HasDoubleElements', 'a'),
      smiElements: native('HasSmiElements', 'a'),
      holeyElements: native('HasHoleyElements', 'a'),
      dictionaryElements: native('HasDictionaryElements', 'a'),
      internalized: native('IsInternalizedString', 'a'),
      textKind: textForms(native('HaveSameMap', 'a', 'b')),
      inLargeObjectSpace: native('InLargeObjectSpace', 'a'),
    };
    return agrees(found) ? found : null;
  });
}

let waitForCompilers: (() => void) | null | undefined;

/**
 * Waits for V8's compiler threads to finish what they have begun (mostly nothing, else some ms): each of them reserves up
 * to 256 kB of the heap while it works. Does nothing where this V8 cannot be asked.
 */
export function finishCompiling(): void {
  waitForCompilers ??= withNatives<() => void>((native) => native('FinalizeOptimization'));
  waitForCompilers?.();
}

/** Whether the answers mean what they are taken for, on values whose layout is known. */
function agrees(natives: Natives): boolean {
  const doubles = [0.5, 1.5];
  const sparse: unknown[] = [];
  sparse[40_000_000] = 1;
  const table: Record<string, number> = { a: 1, b: 2 };
  delete table['a'];
  return (
    natives.sameHiddenClass({ a: 1 }, { a: 2 }) === natives.fastProperties({ a: 1 }) &&
    !natives.sameHiddenClass({ a: 1 }, []) &&
    !natives.fastProperties(table) &&
    natives.doubleElements(doubles) &&
    !natives.smiElements(doubles) &&
    natives.smiElements([1, 2]) &&
    natives.holeyElements(new Array(3)) &&
    natives.dictionaryElements(sparse) &&
    natives.internalized('literal')
  );
}

let compiled: Natives | null | undefined;

/** The engine's answers, compiled at the first call; `null` where it does not give them all. */
export function natives(): Natives | null {
  compiled ??= compile();
  return compiled;
}
