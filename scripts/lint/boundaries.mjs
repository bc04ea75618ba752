/**
 * Who may import whom, and the ESLint rule `heapmark/boundaries` that checks it: for every form of import, dynamic ones,
 * `require` and types included.
 */
import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, posix, relative, sep } from 'node:path';
import { ROOT } from '../setup/places.mjs';

/**
 * @typedef {object} Layer
 * @property {string} name
 * @property {string} path where its files are: a folder ending in a slash, or one file
 * @property {readonly string[]} layers other layers it may import
 * @property {readonly string[]} [packages] packages it may import; absent: any that is not reserved
 */

const CONTRACTS = ['protocol', 'ipc'];
/** What runs inside the user's process; all of it may know all of it. */
const INSIDE = ['runtime', 'magics', 'memory', 'tensors', 'caches', 'render', 'snapshot'];

/** @type {readonly Layer[]} */
export const LAYERS = [
  { name: 'protocol', path: 'kernel/protocol/src/', layers: [], packages: [] },
  { name: 'main', path: 'kernel/src/main.ts', layers: [...CONTRACTS, 'front'] },
  { name: 'front', path: 'kernel/src/front/', layers: [...CONTRACTS, 'compiler', 'render', 'snapshot'] },
  { name: 'ipc', path: 'kernel/src/ipc/', layers: ['protocol'] },
  { name: 'compiler', path: 'kernel/src/compiler/', layers: CONTRACTS },
  { name: 'render', path: 'kernel/src/render/', layers: CONTRACTS },
  { name: 'snapshot', path: 'kernel/src/snapshot/', layers: CONTRACTS },
  ...['runtime', 'magics', 'memory', 'tensors', 'caches'].map((name) => ({
    name,
    path: `kernel/src/${name}/`,
    layers: [...CONTRACTS, ...INSIDE],
  })),
  {
    name: 'labextension',
    path: 'labextension/src/',
    layers: ['protocol'],
    packages: ['@jupyterlab/*', '@lumino/*', 'react', 'uplot'],
  },
];

/** Packages that only one place may know. @type {readonly { package: string, only: string }[]} */
const RESERVED = [
  { package: 'zeromq', only: 'kernel/src/front/sockets.ts' },
  { package: 'typescript', only: 'kernel/src/compiler/' },
];

/** Of the compiler, the front knows the asynchronous face alone. */
const COMPILER_FACE = ['client', 'contract', 'typescript-version'].map((name) => `kernel/src/compiler/${name}.ts`);

const WORKSPACES = new Map([
  ['@heapmark/protocol', 'protocol'],
  ['heapmark', 'kernel'],
  ['@heapmark/labextension', 'labextension'],
]);

/**
 * Why `importer` may not import `specifier`; null when it may.
 * @param {string} importer path below the repository, with forward slashes
 * @param {string} specifier
 * @param {ReadonlySet<string>} [magics] files that are magics
 * @returns {string | null}
 */
export function violation(importer, specifier, magics = new Set()) {
  const layer = layerOf(importer);
  if (layer === undefined) return null;
  if (specifier.startsWith('.')) {
    const target = sourceOf(posix.join(posix.dirname(importer), specifier));
    return fileViolation(importer, layer, target, magics);
  }
  const name = packageName(specifier);
  const workspace = WORKSPACES.get(name);
  if (workspace !== undefined) {
    return workspace === layer.name || layer.layers.includes(workspace)
      ? null
      : `${layer.name} may not import ${name}.`;
  }
  const reserved = RESERVED.find((each) => each.package === name);
  if (reserved !== undefined && !importer.startsWith(reserved.only)) return `Only ${reserved.only} may import ${name}.`;
  if (layer.packages !== undefined && !layer.packages.some((allowed) => matches(allowed, name))) {
    const allowed = layer.packages.length === 0 ? 'nothing outside itself' : `only ${layer.packages.join(', ')}`;
    return `${layer.name} may import ${allowed}, not ${specifier}.`;
  }
  return null;
}

/** @param {string} importer @param {Layer} layer @param {string} target @param {ReadonlySet<string>} magics */
function fileViolation(importer, layer, target, magics) {
  const other = layerOf(target);
  if (other === undefined) {
    return /^(kernel|labextension)\/(?!.*\/src\/)/.test(target) && target.endsWith('.json')
      ? null
      : `${layer.name} may not import ${target}: it is outside the sources.`;
  }
  if (other.name === 'magics' && magics.has(target) && importer !== REGISTRY) {
    return `Only ${REGISTRY} may import a magic: what two magics share has a file of its own.`;
  }
  if (other === layer) return null;
  if (!layer.layers.includes(other.name)) return `${layer.name} may not import ${other.name}.`;
  if (layer.name === 'front' && other.name === 'compiler' && !COMPILER_FACE.includes(target)) {
    return `The front may import only ${COMPILER_FACE.join(', ')} of the compiler.`;
  }
  return null;
}

const REGISTRY = 'kernel/src/magics/registry.ts';

/** The files that the registry of magics lists. @param {string} [source] of the registry */
export function magicFiles(source = readIfThere(join(ROOT, REGISTRY))) {
  const names = [...source.matchAll(/^import \{[^}]*\} from '\.\/([^']+)\.js';$/gm)];
  return new Set(names.map(([, name]) => `kernel/src/magics/${name}.ts`));
}

/** @param {string} file */
function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** @param {string} path */
function layerOf(path) {
  return LAYERS.find((layer) => (layer.path.endsWith('/') ? path.startsWith(layer.path) : path === layer.path));
}

/** @param {string} path as imported */
function sourceOf(path) {
  return path.replace(/\.(m|c)?js(x?)$/, '.$1ts$2');
}

/** @param {string} specifier */
function packageName(specifier) {
  if (specifier.startsWith('node:') || builtinModules.includes(specifier)) return specifier;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** @param {string} allowed @param {string} name */
function matches(allowed, name) {
  return allowed.endsWith('/*') ? name.startsWith(allowed.slice(0, -1)) : name === allowed;
}

/** @type {import('eslint').Rule.RuleModule} */
export const boundaries = {
  meta: { type: 'problem', schema: [], docs: { description: 'Who may import whom' } },
  create(context) {
    const importer = relative(ROOT, context.filename).split(sep).join('/');
    const magics =
      dirname(importer) === dirname(REGISTRY) || importer.startsWith('kernel/src/') ? magicFiles() : undefined;
    /** @param {any} node @param {any} literal */
    const check = (node, literal) => {
      if (typeof literal?.value !== 'string') return;
      const message = violation(importer, literal.value, magics);
      if (message !== null) context.report({ node, message });
    };
    /** @param {any} node */
    const fromSource = (node) => check(node, node.source);
    return {
      ImportDeclaration: fromSource,
      ExportNamedDeclaration: fromSource,
      ExportAllDeclaration: fromSource,
      ImportExpression: fromSource,
      TSImportType: (/** @type {any} */ node) => check(node, node.source ?? node.argument?.literal),
      TSExternalModuleReference: (/** @type {any} */ node) => check(node, node.expression),
      'CallExpression[callee.name="require"], CallExpression[callee.object.name="require"][callee.property.name="resolve"]':
        (/** @type {any} */ node) => check(node, node.arguments[0]),
    };
  },
};
