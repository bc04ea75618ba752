import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import {
  descendants,
  family,
  figures,
  machineMemory,
  proportionalBytes,
  residentBytes,
} from '../../../kernel/src/front/proc.js';

describe('processes', () => {
  it('have the resident memory that Node itself tells', () => {
    const told = process.memoryUsage.rss();
    expect(Math.abs((residentBytes(process.pid) as number) - told)).toBeLessThan(told * 0.1);
    expect(proportionalBytes(process.pid)).toBeLessThanOrEqual(told * 1.1);
  });

  it('are found below one another, with their names', async () => {
    const child = spawn('sh', ['-c', 'sleep 60 & echo $!; wait'], { detached: true });
    try {
      const [chunk] = (await new Promise<Buffer[]>((resolve) =>
        child.stdout.once('data', (data: Buffer) => resolve([data])),
      )) as [Buffer];
      const sleeper = Number(chunk.toString());
      expect(descendants(process.pid)).toEqual(expect.arrayContaining([child.pid, sleeper]));
      expect(figures(sleeper)).toMatchObject({ pid: sleeper, parent: child.pid });
    } finally {
      process.kill(-(child.pid as number), 'SIGKILL');
    }
  });

  it('of a session are found also when their own parent has ended', async () => {
    const leader = spawn('sh', ['-c', 'sh -c "sleep 60 & echo \\$!"; sleep 60'], { detached: true });
    try {
      const orphan = await new Promise<number>((resolve) =>
        leader.stdout.once('data', (data: Buffer) => resolve(Number(data.toString()))),
      );
      await expect.poll(() => figures(orphan)?.parent).not.toBe(leader.pid);
      await expect.poll(() => descendants(leader.pid as number).includes(orphan)).toBe(false);
      expect(family(leader.pid as number)).toContain(orphan);
      expect(family(leader.pid as number)).not.toContain(leader.pid);
    } finally {
      process.kill(-(leader.pid as number), 'SIGKILL');
    }
  });

  it('that do not exist have no figures', () => {
    expect(residentBytes(2 ** 30)).toBeNull();
    expect(figures(2 ** 30)).toBeNull();
    expect(descendants(2 ** 30)).toEqual([]);
  });
});

describe('the machine', () => {
  it('has more memory than is available', () => {
    const { total, available, percent } = machineMemory() as { total: number; available: number; percent: number };
    expect(total).toBeGreaterThan(available);
    expect(percent).toBeGreaterThan(0);
    expect(percent).toBeLessThan(100);
  });
});
