/** Where the kernel keeps what outlives it, by the platform's convention. */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The user's state directory for Heapmark; `HEAPMARK_STATE_DIR` overrides the platform's place. */
export function stateDirectory(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): string {
  const override = env['HEAPMARK_STATE_DIR'];
  if (override !== undefined && override !== '') return override;
  switch (platform) {
    case 'darwin':
      return join(homedir(), 'Library', 'Application Support', 'heapmark');
    case 'win32':
      return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'heapmark');
    default:
      return join(env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'heapmark');
  }
}
