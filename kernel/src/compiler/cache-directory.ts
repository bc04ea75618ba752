/** The folder for files that can be made again. */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** `HEAPMARK_CACHE_DIR`, or where the operating system keeps caches. The folder may not exist yet. */
export function cacheDirectory(): string {
  const { env, platform } = process;
  if (env['HEAPMARK_CACHE_DIR']) return env['HEAPMARK_CACHE_DIR'];
  if (platform === 'win32')
    return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'heapmark', 'cache');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'heapmark');
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'heapmark');
}
