import { describe, expect, it } from 'vitest';
import { oomKills } from '../../../kernel/src/front/oom-kills.js';

const files = (texts: Record<string, string>) => (path: string) => texts[path] ?? null;

describe('kills for want of memory', () => {
  it('are counted by the own group, in version 2', () => {
    const read = files({
      '/proc/self/cgroup': '0::/user.slice/a\n',
      '/sys/fs/cgroup/user.slice/a/memory.events': 'low 0\nhigh 0\nmax 7\noom 3\noom_kill 2\noom_group_kill 0\n',
      '/sys/fs/cgroup/memory.events': 'oom_kill 9\n',
    });
    expect(oomKills(read)).toBe(2);
  });

  it('are counted in version 1, and by the root where a container hides the path', () => {
    const read = files({
      '/proc/self/cgroup': '4:cpu,memory:/docker/1\n0::/\n',
      '/sys/fs/cgroup/memory/memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 5\n',
    });
    expect(oomKills(read)).toBe(5);
  });

  it('are not known where nothing counts them', () => {
    expect(oomKills(files({}))).toBeNull();
    expect(oomKills(files({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/memory.events': 'oom 1\n' }))).toBeNull();
  });
});
