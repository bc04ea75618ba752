/** Words of the code that a cell is turned into. */

/** The variable that holds the binding of a name. */
export const slot = (name: string): string => `__hm_${name}`;

/** Names that cells have as modules do. A name that the user declares comes before them. */
export const ENVIRONMENT: Record<string, string> = Object.assign(Object.create(null) as Record<string, string>, {
  require: '$hm.require',
  module: '$hm.module',
  exports: '$hm.module.exports',
  __filename: '$hm.filename',
  __dirname: '$hm.dirname',
});

/** Functions that a cell gets when it needs them. */
export const HELPERS = {
  constant: 'const $hm_constant = undefined;',
  typeof: 'const $hm_typeof = (slot) => { try { return typeof slot.v; } catch { return "undefined"; } };',
  awaiting: 'const { wait: $hm_wait, after: $hm_after } = $hm;',
  initialiser: 'const $hm_initialiser = (slot) => ({ set v(value) { $hm.init(slot, value); } });',
  imported:
    'const $hm_imported = (namespace, name, source) => { if (name in namespace) return namespace[name]; ' +
    "throw new SyntaxError(`The module '${source}' does not provide an export named '${name}'`); };",
  primitive:
    'const $hm_primitive = (slot) => Object.hasOwn(slot, "v") && ' +
    '(slot.v === null || (typeof slot.v !== "object" && typeof slot.v !== "function"));',
  number: 'const $hm_number = (slot) => Object.hasOwn(slot, "v") && typeof slot.v === "number";',
  builtin:
    'const $hm_builtin = (name) => { const own = (from, key) => Object.getOwnPropertyDescriptor(from, key)?.value; ' +
    'const found = own(own(globalThis, "Math") ?? {}, name); return typeof found === "function" && ' +
    'Function.prototype.toString.call(found) === `function ${name}() { [native code] }`; };',
};
