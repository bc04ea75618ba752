/** A WebGPU device in software for tests: SwiftShader and a Vulkan loader, as the package of the test browser brings them. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CACHE = join(ROOT, '.cache', 'swiftshader');

/**
 * What a process needs in its environment so that the package `webgpu` finds the device; `null` with a word of why where
 * the libraries do not run (they are built for Linux on x64).
 */
export function softwareGpu(): { env: Record<string, string>; loader: string } | null {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    process.stderr.write(`No software GPU on ${process.platform} ${process.arch}: WebGPU is not tested here.\n`);
    return null;
  }
  if (!existsSync(CACHE)) unpack();
  const icd = join(CACHE, 'swiftshader.json');
  return {
    env: { VK_DRIVER_FILES: icd, VK_ICD_FILENAMES: icd, LD_LIBRARY_PATH: CACHE },
    loader: join(CACHE, 'libvulkan.so.1'),
  };
}

function unpack(): void {
  const parent = dirname(CACHE);
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'swiftshader-'));
  const home = join(ROOT, 'node_modules', '@sparticuz', 'chromium');
  const archive = brotliDecompressSync(readFileSync(join(home, 'bin', 'swiftshader.tar.br')));
  const { status, stderr } = spawnSync('tar', ['-x', '-C', folder], { input: archive });
  if (status !== 0) throw new Error(`SwiftShader cannot be unpacked: ${stderr.toString()}`);
  const icd = {
    file_format_version: '1.0.0',
    ICD: { library_path: join(CACHE, 'libvk_swiftshader.so'), api_version: '1.1.0' },
  };
  writeFileSync(join(folder, 'swiftshader.json'), JSON.stringify(icd));
  try {
    renameSync(folder, CACHE);
  } catch {
    // Another test has unpacked it meanwhile.
    rmSync(folder, { recursive: true, force: true });
  }
}
