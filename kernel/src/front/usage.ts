/** CPU and memory of the kernel's processes: `usage_request`, and `processes` of the memory protocol. */
import { cpus, freemem, hostname, totalmem } from 'node:os';
import type { ProcessRecord } from '@heapmark/protocol';
import { descendants, figures, machineMemory, proportionalBytes, residentBytes } from './proc.js';

interface CpuReading {
  atMs: number;
  cpuMs: number;
}

export class ProcessUsage {
  private readings = new Map<number, CpuReading>();
  private hostBefore = hostTimes();

  constructor(
    private readonly front: number,
    private readonly runtime: () => number | null,
  ) {}

  /**
   * Content of a `usage_reply`, in the fields that ipykernel gives: CPU in percent of one core, memory in bytes
   * (proportional share where the system tells, resident otherwise).
   */
  reply(): Record<string, unknown> {
    const processes = this.processes();
    const memory = processes.map(({ pss, rss }) => pss ?? rss).filter((bytes) => bytes !== null);
    const shares = processes.map(({ cpu }) => cpu).filter((share) => share !== null);
    const hostCpu = this.hostCpuPercent();
    return {
      hostname: hostname(),
      pid: this.front,
      ...(shares.length > 0 ? { kernel_cpu: round(100 * add(shares)) } : {}),
      ...(memory.length > 0 ? { kernel_memory: add(memory) } : {}),
      ...(hostCpu === null ? {} : { host_cpu_percent: hostCpu }),
      cpu_count: cpus().length,
      host_virtual_memory: machineMemory() ?? portableMemory(),
    };
  }

  /** The front, the runtime and everything they started. CPU is the share since this was last asked. */
  processes(): ProcessRecord[] {
    const runtime = this.runtime();
    const pids = [this.front, ...descendants(this.front)];
    if (runtime !== null && !pids.includes(runtime)) pids.push(runtime);
    const before = this.readings;
    this.readings = new Map();
    return pids.flatMap((pid) => this.describe(pid, runtime, before.get(pid)));
  }

  private describe(pid: number, runtime: number | null, before: CpuReading | undefined): ProcessRecord[] {
    const role = pid === this.front ? 'front' : pid === runtime ? 'runtime' : 'child';
    const seen = figures(pid);
    if (seen === null) {
      const own = pid === this.front ? process.memoryUsage.rss() : residentBytes(pid);
      return [{ pid, role, name: role, rss: own, pss: null, cpu: null }];
    }
    const atMs = performance.now();
    this.readings.set(pid, { atMs, cpuMs: seen.cpuMs });
    const passed = before === undefined ? 0 : atMs - before.atMs;
    const cpu = before === undefined || passed <= 0 ? null : Math.max(0, seen.cpuMs - before.cpuMs) / passed;
    return [{ pid, role, name: seen.name, rss: seen.rss, pss: proportionalBytes(pid), cpu }];
  }

  private hostCpuPercent(): number | null {
    const before = this.hostBefore;
    const now = hostTimes();
    const all = now.all - before.all;
    if (all <= 0) return null;
    this.hostBefore = now;
    return round(100 * (1 - (now.idle - before.idle) / all));
  }
}

function hostTimes(): { all: number; idle: number } {
  const times = cpus().map((cpu) => cpu.times);
  return {
    all: add(times.map(({ user, nice, sys, idle, irq }) => user + nice + sys + idle + irq)),
    idle: add(times.map(({ idle }) => idle)),
  };
}

function portableMemory(): Record<string, number> {
  const total = totalmem();
  const free = freemem();
  return { total, available: free, free, used: total - free, percent: round((100 * (total - free)) / total) };
}

const add = (numbers: number[]): number => numbers.reduce((sum, value) => sum + value, 0);
const round = (value: number): number => Math.round(value * 10) / 10;
