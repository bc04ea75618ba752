/**
 * NVIDIA's management library, called through `koffi`: about 10 us a call. Layouts are those of the published header
 * `nvml.h` (https://docs.nvidia.com/deploy/nvml-api/): `nvmlMemory_t` is three 64-bit counts, `nvmlUtilization_t` two
 * 32-bit ones, and `nvmlProcessInfo_t` of the `_v3` calls takes 24 bytes.
 */

/** Where the library is found by the system's loader. */
export const NVML_LIBRARY = process.platform === 'win32' ? 'nvml.dll' : 'libnvidia-ml.so.1';

const SUCCESS = 0;
const INSUFFICIENT_SIZE = 7;
/** `NVML_VALUE_NOT_AVAILABLE`: all bits set. */
const NOT_AVAILABLE = 0xffff_ffff_ffff_ffffn;
/** `NVML_DEVICE_NAME_V2_BUFFER_SIZE` */
const NAME_BYTES = 96;
const MEMORY_BYTES = 24;
const UTILIZATION_BYTES = 8;
/** pid (4, 4 of padding), used memory (8), GPU instance (4), compute instance (4). */
const PROCESS_BYTES = 24;
const PROCESS_MEMORY_AT = 8;
/** Room for processes at first; the library says when it needs more. */
const PROCESSES = 64;

/** The part of koffi that is used. */
export interface Koffi {
  load(path: string): { func(name: string, result: string, parameters: string[]): (...args: unknown[]) => unknown };
}

export interface NvmlProcess {
  readonly pid: number;
  /** `null` where the driver does not tell, as on Windows. */
  readonly bytes: number | null;
}

export interface NvmlDevice {
  readonly index: number;
  readonly name: string;
  readonly memory: { total: number; free: number; used: number } | null;
  /** 0 to 1. */
  readonly utilisation: number | null;
  readonly processes: readonly NvmlProcess[];
}

type Call = (...args: unknown[]) => number;

/** The library, started. */
export class Nvml {
  private readonly handles: bigint[] = [];
  private readonly names: string[] = [];

  private constructor(private readonly call: Record<NvmlFunction, Call>) {}

  /** Throws when the library is not there, or does not start. */
  static open(koffi: Koffi, path = NVML_LIBRARY): Nvml {
    const library = koffi.load(path);
    const call = Object.fromEntries(
      Object.entries(FUNCTIONS).map(([name, parameters]) => [name, library.func(name, 'int', parameters)]),
    ) as unknown as Record<NvmlFunction, Call>;
    const started = call.nvmlInit_v2();
    if (started !== SUCCESS) throw new Error(`NVML does not start: its error ${started}`);
    const nvml = new Nvml(call);
    nvml.findDevices();
    return nvml;
  }

  /** Where the devices stand now. */
  devices(): NvmlDevice[] {
    return this.handles.map((handle, index) => ({
      index,
      name: this.names[index] ?? `GPU ${index}`,
      memory: this.memory(handle),
      utilisation: this.utilisation(handle),
      processes: this.processes(handle),
    }));
  }

  private findDevices(): void {
    const count = Buffer.alloc(4);
    if (this.call.nvmlDeviceGetCount_v2(count) !== SUCCESS) return;
    for (let index = 0; index < count.readUInt32LE(); index++) {
      const handle = Buffer.alloc(8);
      if (this.call.nvmlDeviceGetHandleByIndex_v2(index, handle) !== SUCCESS) continue;
      const device = handle.readBigUInt64LE();
      const name = Buffer.alloc(NAME_BYTES);
      const named = this.call.nvmlDeviceGetName(device, name, NAME_BYTES) === SUCCESS;
      this.handles.push(device);
      this.names.push(named ? name.toString('utf8', 0, name.indexOf(0)) : `GPU ${index}`);
    }
  }

  private memory(handle: bigint): NvmlDevice['memory'] {
    const out = Buffer.alloc(MEMORY_BYTES);
    if (this.call.nvmlDeviceGetMemoryInfo(handle, out) !== SUCCESS) return null;
    const [total, free, used] = [0, 8, 16].map((at) => Number(out.readBigUInt64LE(at))) as [number, number, number];
    return { total, free, used };
  }

  private utilisation(handle: bigint): number | null {
    const out = Buffer.alloc(UTILIZATION_BYTES);
    return this.call.nvmlDeviceGetUtilizationRates(handle, out) === SUCCESS ? out.readUInt32LE() / 100 : null;
  }

  /** Processes that compute or draw; one that does both is listed once. */
  private processes(handle: bigint): NvmlProcess[] {
    const found = new Map<number, NvmlProcess>();
    for (const name of ['nvmlDeviceGetComputeRunningProcesses_v3', 'nvmlDeviceGetGraphicsRunningProcesses_v3'] as const)
      for (const process of this.running(this.call[name], handle)) found.set(process.pid, process);
    return [...found.values()];
  }

  private running(call: Call, handle: bigint): NvmlProcess[] {
    const count = Buffer.alloc(4);
    count.writeUInt32LE(PROCESSES);
    let out = Buffer.alloc(PROCESSES * PROCESS_BYTES);
    let result = call(handle, count, out);
    if (result === INSUFFICIENT_SIZE) {
      out = Buffer.alloc(count.readUInt32LE() * PROCESS_BYTES);
      result = call(handle, count, out);
    }
    if (result !== SUCCESS) return [];
    const length = Math.min(count.readUInt32LE(), out.length / PROCESS_BYTES);
    return Array.from({ length }, (_, index) => {
      const at = index * PROCESS_BYTES;
      const bytes = out.readBigUInt64LE(at + PROCESS_MEMORY_AT);
      return { pid: out.readUInt32LE(at), bytes: bytes === NOT_AVAILABLE ? null : Number(bytes) };
    });
  }
}

/** A device's handle is a pointer: an integer of its width. Results are written into buffers. */
const FUNCTIONS = {
  nvmlInit_v2: [],
  nvmlDeviceGetCount_v2: ['void *'],
  nvmlDeviceGetHandleByIndex_v2: ['uint32_t', 'void *'],
  nvmlDeviceGetName: ['uintptr_t', 'void *', 'uint32_t'],
  nvmlDeviceGetMemoryInfo: ['uintptr_t', 'void *'],
  nvmlDeviceGetUtilizationRates: ['uintptr_t', 'void *'],
  nvmlDeviceGetComputeRunningProcesses_v3: ['uintptr_t', 'void *', 'void *'],
  nvmlDeviceGetGraphicsRunningProcesses_v3: ['uintptr_t', 'void *', 'void *'],
};
type NvmlFunction = keyof typeof FUNCTIONS;
