/** Native libraries as they are loaded: the one way to those that put nothing on `globalThis`. */

/** Told of each native library once, after it was loaded and before its first user gets it. */
export type AddonListener = (exports: object, path: string) => void;

type Dlopen = (module: { exports: unknown }, filename: string, flags?: number) => void;

/** Listens to `process.dlopen`, by which every native library comes in. A listener that fails harms nobody. */
export function listenToAddons(listeners: readonly AddonListener[], process: { dlopen: unknown }): void {
  const original = process.dlopen as Dlopen;
  const dlopen: Dlopen = function (this: unknown, module, filename, ...flags) {
    Reflect.apply(original, this, [module, filename, ...flags]);
    const { exports } = module;
    if (typeof exports !== 'object' || exports === null) return;
    for (const listener of listeners) {
      try {
        listener(exports, filename);
      } catch {
        // The library works as it would without being watched.
      }
    }
  };
  Object.defineProperty(process, 'dlopen', { value: dlopen, writable: true, configurable: true, enumerable: true });
}
