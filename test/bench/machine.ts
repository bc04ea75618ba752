import { cpus, loadavg } from 'node:os';

/** Where the figures were taken. */
export interface Machine {
  platform: string;
  cpuModel: string;
  cpus: number;
  node: string;
  /** Load average over the last minute: above 0 the figures share the machine. */
  loadAtStart: number;
}

export function describeMachine(): Machine {
  const all = cpus();
  return {
    platform: `${process.platform} ${process.arch}`,
    cpuModel: all[0]?.model ?? 'unknown processor',
    cpus: all.length,
    node: process.versions.node,
    loadAtStart: loadavg()[0] ?? 0,
  };
}
