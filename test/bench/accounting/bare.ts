/** The kernel without its accounting, built from the same sources: what it is compared with. */
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions, type Plugin } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Replaces a module by one that is made from it: the text after `ORIGINAL` in {@link wrapped} is its path. */
const instead = (filter: RegExp, importer: RegExp, contents: (path: string) => string): Plugin => ({
  name: `instead of ${filter.source}`,
  setup(plugin) {
    plugin.onResolve({ filter }, async ({ path, resolveDir, importer: by, kind, pluginData }) => {
      if (pluginData === 'original' || !importer.test(by)) return undefined;
      const { path: original } = await plugin.resolve(path, { resolveDir, kind, pluginData: 'original' });
      return { path: original, namespace: `instead-${filter.source}` };
    });
    plugin.onLoad({ filter: /./, namespace: `instead-${filter.source}` }, ({ path }) => ({
      contents: contents(path),
      loader: 'ts',
      resolveDir: ROOT,
    }));
  },
});

/** Magics and requests stay; no hook hears of cells. */
const withoutHooks = instead(
  /magics\/install\.js$/,
  /runtime[\\/]main\.ts$/,
  (path) => `
    import { installMagics as install, reserveGlobals } from ${JSON.stringify(path)};
    export { reserveGlobals };
    export const installMagics = (runtime) => {
      const { line, cell, api, requests } = install(runtime);
      return { line, cell, api, requests };
    };`,
);

/** No look at resident memory, and no sample. */
const withoutLooks = instead(
  /memory-watch\.js$/,
  /front[\\/]memory-desk\.ts$/,
  () => 'export class MemoryWatch { setBusy() {} }',
);
const withoutSamples = instead(
  /\.\/monitor\.js$/,
  /front[\\/]memory-desk\.ts$/,
  () => `export class Monitor {
    setBusy() {} setWatched() {} setGuarded() {} renew() {} take() {}
    async now() { throw new Error('This kernel takes no samples.'); }
  }`,
);

/** Builds it below the kernel's own folder, where its packages are found; gives its main script. */
export async function buildBare(): Promise<string> {
  const dist = join(ROOT, 'kernel', 'dist');
  const folder = join(ROOT, 'kernel', 'dist', 'bare');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(dist)) if (name.endsWith('.mjs')) cpSync(join(dist, name), join(folder, name));
  const options: BuildOptions = {
    absWorkingDir: ROOT,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    conditions: ['source'],
    external: ['zeromq', 'typescript', 'tslab', 'koffi'],
    logLevel: 'warning',
  };
  const source = (name: string): string => join(ROOT, 'kernel', 'src', name);
  await Promise.all([
    build({
      ...options,
      entryPoints: [source('runtime/main.ts')],
      outfile: join(folder, 'runtime.mjs'),
      plugins: [withoutHooks],
    }),
    build({
      ...options,
      entryPoints: [source('main.ts')],
      outfile: join(folder, 'main.mjs'),
      plugins: [withoutLooks, withoutSamples],
    }),
  ]);
  return join(folder, 'main.mjs');
}
