/**
 * How many processes of this one's control group the system has killed because memory ran out. Linux, cgroup v2
 * (`memory.events`) and v1 (`memory.oom_control`): https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Read = (path: string) => string | null;

/** `null` where the system does not count them. A kill by hand is not among them. */
export function oomKills(read: Read = readText): number | null {
  for (const path of counterFiles(read('/proc/self/cgroup') ?? '')) {
    const count = /^oom_kill (\d+)$/m.exec(read(path) ?? '')?.[1];
    if (count !== undefined) return Number(count);
  }
  return null;
}

/** Candidates, the group's own first: inside a container only the mount's root may be visible. */
function counterFiles(groups: string): string[] {
  const files: string[] = [];
  for (const [, controllers = '', path = '/'] of groups.matchAll(/^\d+:([^:]*):(.*)$/gm)) {
    const [root, name] = controllers.split(',').includes('memory')
      ? ['/sys/fs/cgroup/memory', 'memory.oom_control']
      : controllers === ''
        ? ['/sys/fs/cgroup', 'memory.events']
        : [null, ''];
    if (root !== null) files.push(join(root, path, name), join(root, name));
  }
  return files;
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
