/** The machine's devices: by NVIDIA's library, else its command, else what Linux tells of AMD's. */
import { ErrorCode, ProtocolError, type GpuRecord, type GpusRecord } from '@heapmark/protocol';
import { amdDevices } from './amd.js';
import { devicesBySmi, runSmi, type RunSmi } from './nvidia-smi.js';
import { Nvml, type Koffi, type NvmlDevice } from './nvml.js';
import { describeProcesses, linuxProcesses, type ProcessTable } from './processes.js';

/** What is read of the machine, passed in. */
export interface GpuProbes {
  /** Opens NVIDIA's library; rejects when it is not there. */
  openNvml(): Promise<Pick<Nvml, 'devices'>>;
  runSmi: RunSmi;
  amdDevices(): NvmlDevice[];
  processes: ProcessTable;
  /** Asks a process to end. */
  end(pid: number): boolean;
}

export const systemGpuProbes = (): GpuProbes => ({
  async openNvml() {
    const { default: koffi } = (await import('koffi')) as unknown as { default: Koffi };
    return Nvml.open(koffi);
  },
  runSmi,
  amdDevices,
  processes: linuxProcesses(),
  end: (pid) => process.kill(pid, 'SIGTERM'),
});

const LARGER =
  "a device's figure is larger than what libraries reserved: it has the driver's context of each process in it";
const HOST_NUMBERS =
  "in a container the driver tells the host's process numbers: whose they are cannot be known from here";

export class GpuDevices {
  private nvml: Pick<Nvml, 'devices'> | null | undefined;

  constructor(private readonly probes: GpuProbes) {}

  async record(): Promise<GpusRecord> {
    const { found, source, reason } = await this.find();
    const devices = found.map(({ index, name, memory, utilisation, processes }): GpuRecord => ({
      index,
      name,
      total: memory?.total ?? null,
      used: memory?.used ?? null,
      free: memory?.free ?? null,
      utilisation,
      processes: describeProcesses(processes, this.probes.processes),
      source,
    }));
    const unknown = !this.probes.processes.sameNumbers && devices.some(({ processes }) => processes.length > 0);
    return { devices, reason, notes: devices.length === 0 ? [] : [LARGER, ...(unknown ? [HOST_NUMBERS] : [])] };
  }

  /** Ends a process that holds memory of a device and is the user's own; throws `ProtocolError` for any other. */
  async end(pid: number): Promise<boolean> {
    const { devices } = await this.record();
    const target = devices.flatMap(({ processes }) => processes).find((process) => process.pid === pid);
    if (target === undefined)
      throw new ProtocolError(ErrorCode.usage, `Process ${pid} holds no memory of a device: it is left alone.`);
    if (!target.own)
      throw new ProtocolError(ErrorCode.usage, `Process ${pid} is not known to be yours: it is left alone.`);
    if (target.thisKernel)
      throw new ProtocolError(ErrorCode.usage, `Process ${pid} is this kernel's own: restart the kernel to end it.`);
    return this.probes.end(pid);
  }

  private async find(): Promise<{ found: NvmlDevice[]; source: GpuRecord['source']; reason: string | null }> {
    let why = '';
    if (this.nvml === undefined) {
      try {
        this.nvml = await this.probes.openNvml();
      } catch (error) {
        why = (error as Error).message.split('\n', 1)[0] ?? '';
        this.nvml = null;
      }
    }
    if (this.nvml !== null) return { found: this.nvml.devices(), source: 'nvml', reason: null };
    try {
      return { found: await devicesBySmi(this.probes.runSmi), source: 'nvidia-smi', reason: null };
    } catch {
      const found = this.probes.amdDevices();
      const none = `no NVIDIA library (${why || 'not there'}), no nvidia-smi, no AMD device in /sys/class/drm`;
      return { found, source: 'sysfs', reason: found.length === 0 ? none : null };
    }
  }
}
