/** How the kernel answers each method of the memory protocol: by itself, or by asking the runtime. */
import {
  ErrorCode,
  ProtocolError,
  type CellRecord,
  type EventMap,
  type RequestMap,
  type RequestMethod,
} from '@heapmark/protocol';
import type { CellStore } from './cells.js';
import type { MemoryGuard } from './guard.js';
import { memoryLimits } from './limits.js';
import type { KernelMethod, MethodHandlers } from './memory-server.js';
import type { Monitor } from './monitor.js';
import { RuntimeDiedError } from './runtime.js';
import type { ProcessUsage } from './usage.js';

/** What the answers are made of. */
export interface MethodServices {
  /** Asks the runtime; rejects as `Runtime.request` does. */
  askRuntime(method: RequestMethod, params: unknown, signal: AbortSignal): Promise<unknown>;
  /** Whether a cell runs. */
  busy(): boolean;
  cells: CellStore;
  guard: MemoryGuard;
  monitor: Monitor;
  usage: ProcessUsage;
  settings: SettingsStore;
  /** Ends a process by SIGTERM; false when it is gone. */
  endProcess(pid: number): boolean;
}

export interface SettingsStore {
  get(): RequestMap['settings']['result'];
  set(change: RequestMap['settings']['params']): Promise<RequestMap['settings']['result']>;
}

type VariablesAnswer = RequestMap['variables']['result'];

/** Cells shown as the largest in `memory`. */
const LARGEST_CELLS = 5;
/** Answers to different questions about variables that are kept for a busy runtime. */
const KEPT_LISTS = 8;

/** The last lists of variables, to be shown while a cell runs. */
export class KnownVariables {
  private readonly lists = new Map<string, VariablesAnswer>();

  remember(params: RequestMap['variables']['params'], answer: VariablesAnswer): void {
    const key = questionOf(params);
    this.lists.delete(key);
    this.lists.set(key, answer);
    const [oldest] = this.lists.keys();
    if (this.lists.size > KEPT_LISTS && oldest !== undefined) this.lists.delete(oldest);
  }

  /** The runtime told of a change by itself. */
  replaced({ record, asOf }: EventMap['variables']): void {
    this.remember({}, { record, stale: false, asOf });
  }

  /** The last answer to this question, marked stale. */
  recall(params: RequestMap['variables']['params']): VariablesAnswer | null {
    const known = this.lists.get(questionOf(params));
    return known === undefined ? null : { ...known, stale: true };
  }

  clear(): void {
    this.lists.clear();
  }
}

/** What is asked for; order, length and time budget do not change what the list is about. */
const questionOf = ({ pattern, type, all, exact }: RequestMap['variables']['params']): string =>
  JSON.stringify([pattern ?? null, type ?? null, all ?? false, exact ?? false]);

export function memoryMethods(services: MethodServices, known: KnownVariables): MethodHandlers {
  const { cells, guard, monitor, usage, settings } = services;
  const forward =
    <M extends KernelMethod>(method: M) =>
    async (params: RequestMap[M]['params'], signal: AbortSignal): Promise<RequestMap[M]['result']> =>
      (await ask(services, method, params, signal)) as RequestMap[M]['result'];

  return {
    async memory() {
      const sample = await monitor.now();
      return {
        sample,
        limits: memoryLimits(sample, guard.record().limit),
        cells: largest(cells.living()),
        notes: notesOf(sample.rss === null),
      };
    },
    async variables(params, signal) {
      if (services.busy()) {
        const stale = known.recall(params);
        if (stale !== null) return stale;
        throw new ProtocolError(
          ErrorCode.busy,
          'A cell is running and no list from before it is known: ask again later.',
        );
      }
      const answer = await forward('variables')(params, signal);
      known.remember(params, answer);
      return answer;
    },
    expand: forward('expand'),
    free: forward('free'),
    why: forward('why'),
    gc: forward('gc'),
    snapshotCost: forward('snapshotCost'),
    snapshot: forward('snapshot'),
    async cells({ limit }) {
      return { cells: cells.list(limit) };
    },
    async processes() {
      return { processes: usage.processes() };
    },
    async endProcess({ pid }, ...call) {
      const target = usage.processes().find((process) => process.pid === pid);
      if (target?.role === 'child') return { ended: services.endProcess(pid) };
      // One that this kernel did not start may hold memory of a device: the runtime knows those.
      return forward('endProcess')({ pid }, ...call);
    },
    async memlimit({ bytes }) {
      return bytes === undefined ? guard.record() : setLimit(guard, bytes);
    },
    async settings(change) {
      return Object.keys(change).length === 0 ? settings.get() : settings.set(change);
    },
    tensors: forward('tensors'),
    gpu: forward('gpu'),
    dispose: forward('dispose'),
    resetPeak: forward('resetPeak'),
    emptyCache: forward('emptyCache'),
    caches: forward('caches'),
    cacheClear: forward('cacheClear'),
    cacheResize: forward('cacheResize'),
  };
}

/** Methods this kernel can answer with figures or deeds, for the greeting. */
export const answeredMethods: RequestMethod[] = [
  'hello',
  'subscribe',
  'cancel',
  'memory',
  'variables',
  'expand',
  'free',
  'why',
  'gc',
  'snapshotCost',
  'snapshot',
  'cells',
  'processes',
  'endProcess',
  'tensors',
  'gpu',
  'dispose',
  'resetPeak',
  'emptyCache',
  'caches',
  'cacheClear',
  'cacheResize',
  'memlimit',
  'settings',
];

async function ask(
  services: MethodServices,
  method: KernelMethod,
  params: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  try {
    return await services.askRuntime(method, params, signal);
  } catch (error) {
    if (error instanceof RuntimeDiedError) {
      throw new ProtocolError(ErrorCode.runtimeDied, error.message, undefined, { cause: error });
    }
    throw error;
  }
}

function setLimit(guard: MemoryGuard, bytes: number | null): RequestMap['memlimit']['result'] {
  try {
    return guard.set(bytes);
  } catch (cause) {
    throw new ProtocolError(ErrorCode.usage, (cause as Error).message, undefined, { cause });
  }
}

const largest = (records: CellRecord[]): CellRecord[] =>
  records
    .filter(({ delta }) => delta !== null && delta > 0)
    .sort((a, b) => (b.delta ?? 0) - (a.delta ?? 0))
    .slice(0, LARGEST_CELLS);

const notesOf = (noResident: boolean): string[] => [
  'Memory of workers that cells start is part of the resident memory only.',
  ...(noResident ? ['This system does not tell the resident memory of another process.'] : []),
];
