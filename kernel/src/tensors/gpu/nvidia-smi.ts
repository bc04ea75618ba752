/** NVIDIA's command, where its library cannot be called: a process of some milliseconds for each answer. */
import { execFile } from 'node:child_process';
import type { NvmlDevice, NvmlProcess } from './nvml.js';

const TIMEOUT_MS = 5_000;
const MEBIBYTE = 1_048_576;
const FORMAT = '--format=csv,noheader,nounits';

/** Runs the command; rejects when it is not there or fails. */
export type RunSmi = (args: readonly string[]) => Promise<string>;

export const runSmi: RunSmi = (args) =>
  new Promise((resolve, reject) => {
    execFile('nvidia-smi', [...args], { timeout: TIMEOUT_MS, windowsHide: true }, (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(new Error('nvidia-smi did not answer', { cause: error }));
    });
  });

/** Devices and the processes that compute on them. */
export async function devicesBySmi(run: RunSmi): Promise<NvmlDevice[]> {
  const query = 'index,uuid,name,memory.total,memory.used,memory.free,utilization.gpu';
  const [devices, processes] = await Promise.all([
    run([`--query-gpu=${query}`, FORMAT]),
    run(['--query-compute-apps=gpu_uuid,pid,used_memory', FORMAT]).catch(() => ''),
  ]);
  const onDevice = new Map<string, NvmlProcess[]>();
  for (const [uuid = '', pid, used] of rowsOf(processes)) {
    const number = numberOf(pid);
    if (number === null) continue;
    const bytes = numberOf(used);
    const process = { pid: number, bytes: bytes === null ? null : bytes * MEBIBYTE };
    onDevice.set(uuid, [...(onDevice.get(uuid) ?? []), process]);
  }
  return rowsOf(devices).map(([index, uuid = '', name, total, used, free, utilisation]) => ({
    index: numberOf(index) ?? 0,
    name: name ?? 'GPU',
    memory: memoryOf(numberOf(total), numberOf(used), numberOf(free)),
    utilisation: percent(numberOf(utilisation)),
    processes: onDevice.get(uuid) ?? [],
  }));
}

const rowsOf = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.split(',').map((cell) => cell.trim()));

/** `[N/A]` and its kin are no numbers. */
const numberOf = (text: string | undefined): number | null =>
  text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : null;

const percent = (value: number | null): number | null => (value === null ? null : value / 100);

function memoryOf(total: number | null, used: number | null, free: number | null): NvmlDevice['memory'] {
  if (total === null || used === null) return null;
  return { total: total * MEBIBYTE, used: used * MEBIBYTE, free: (free ?? total - used) * MEBIBYTE };
}
