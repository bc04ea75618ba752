/** Known allocations against the deltas and peaks that a real kernel reports for them. */
import { setTimeout as delay } from 'node:timers/promises';
import type { CellRecord } from '@heapmark/protocol';
import { startKernel } from '../../helpers/kernel.js';
import { openMemory } from '../../helpers/memory-comm.js';
import { check, type Check } from './check.js';

const KB = 1_000;
const WITHIN = 0.01;
/** Bytes that a settled delta may be off whatever its size. */
const ANYWAY = 16 * KB;
const AFTER_FREE_MS = 1_500;
const EMPTY = 2 * KB;
const PEAK_WITHIN = 0.05;
const BUFFER_SIZES = [65_536, 200_000, 1e6, 16e6, 128e6, 1e9, 2 ** 31 - 1];
const HEAP_SIZES = [65_536, 200_000, 1e6, 8e6];
/** Peaks of so many bytes. What is not used any longer is garbage at once, whatever still names it. */
const TRANSIENTS = [
  {
    name: 'a buffer, held for 1.5 s',
    bytes: 50e6,
    code: `{ const held = new Uint8Array(50e6).fill(1);
              const until = Date.now() + 1500; while (Date.now() < until); held[0] = 2; }`,
  },
  {
    name: 'a buffer, gone long before the end',
    bytes: 400e6,
    code: `(() => { new Uint8Array(400e6).fill(1); for (let i = 0; i < 100; i++) new Uint8Array(1e6); })()`,
  },
  {
    name: 'a list, in a cell that never waits',
    bytes: 200e6,
    code: `(() => { new Array(200e6 / 8).fill(1); })(); (() => { for (let i = 0; i < 1e6; i++) ({ i }); })()`,
  },
];

/** What code keeps so many bytes in a name, and how many these are by V8's layouts. */
const makers: { name: string; sizes: number[]; code: (name: string, bytes: number) => string }[] = [
  { name: 'Uint8Array', sizes: BUFFER_SIZES, code: (name, bytes) => `let ${name} = new Uint8Array(${bytes});` },
  {
    name: 'array of numbers',
    sizes: HEAP_SIZES,
    code: (name, bytes) => `let ${name} = new Array(${Math.round(bytes / 8)}).fill(1);`,
  },
  {
    name: 'array of fractions',
    sizes: HEAP_SIZES,
    code: (name, bytes) => `let ${name} = new Array(${Math.round(bytes / 8)}).fill(0.5);`,
  },
  {
    // 32 bytes each and 8 in the list.
    name: 'list of objects',
    sizes: HEAP_SIZES,
    code: (name, bytes) => `let ${name} = Array.from({ length: ${Math.round(bytes / 40)} }, () => ({ one: 1 }));`,
  },
  {
    name: 'text',
    sizes: HEAP_SIZES,
    code: (name, bytes) => `let ${name} = Buffer.alloc(${bytes}, 'text').toString('latin1');`,
  },
  {
    name: 'SharedArrayBuffer',
    sizes: [1e6, 128e6],
    code: (name, bytes) => `let ${name} = new SharedArrayBuffer(${bytes});`,
  },
  {
    name: 'WebAssembly.Memory',
    sizes: [65_536 * 100],
    code: (name, bytes) => `let ${name} = new (globalThis as any).WebAssembly.Memory({ initial: ${bytes / 65_536} });`,
  },
];

export async function deltaChecks(): Promise<Check[]> {
  const kernel = await startKernel();
  try {
    const client = await kernel.connect();

    const comm = await openMemory(client);
    await comm.request('subscribe', { topics: ['cell'] });
    let runs = 0;
    const run = async (code: string): Promise<CellRecord> => {
      const cellId = `cell-${++runs}`;
      const confirmed = comm.event(
        'cell',
        ({ cell }) => cell.cellId === cellId && (cell.settled || (cell.unsettledReason ?? '').includes('expected')),
      );
      const { reply } = await client.execute(code, {}, { cellId });
      if (reply.content['status'] !== 'ok') throw new Error(`${code}: ${JSON.stringify(reply.content)}`);
      return (await confirmed).cell;
    };
    // The first cell is measured less precisely, and says so.
    await run('');
    const checks: Check[] = [];
    for (let i = 1; i <= 5; i++) {
      const { delta } = await run(i % 2 === 0 ? '' : `let empty${i} = "text";`);
      checks.push(check(`delta, an empty cell (${i})`, { truth: 0, shown: delta, allowed: EMPTY, note: '' }));
    }
    let names = 0;
    for (const { name, sizes, code } of makers) {
      for (const bytes of sizes) {
        const variable = `value${++names}`;
        const { delta, settled, unsettledReason } = await run(code(variable, bytes));
        const allowed = Math.max(ANYWAY, WITHIN * bytes);
        checks.push(
          check(`delta, ${name}`, {
            truth: bytes,
            shown: settled ? delta : null,
            allowed,
            note: unsettledReason ?? '',
          }),
        );
        const freed = await comm.request('free', { names: [variable] });
        const { heap, arrayBuffers, otherExternal } = freed.bytesReturned;
        const back = (heap ?? 0) + (arrayBuffers ?? 0) + (otherExternal ?? 0);
        checks.push(check(`free, ${name}`, { truth: bytes, shown: back, allowed, note: '' }));
        // As a person does: the kernel measures anew, a second after it has freed.
        await delay(AFTER_FREE_MS);
      }
    }
    for (const { name, bytes, code } of TRANSIENTS) {
      const record = await run(code);
      const { heapUsed, arrayBuffers, otherExternal } = record.before ?? {};
      const before = (heapUsed ?? 0) + (arrayBuffers ?? 0) + (otherExternal ?? 0);
      const shown = record.peak === null ? null : record.peak - before;
      const allowed = PEAK_WITHIN * bytes;
      checks.push(
        check(`peak, ${name}`, {
          truth: bytes,
          shown,
          allowed,
          note: `${record.peakKind ?? ''} ${record.peakPrecision}`,
        }),
      );
    }
    return checks;
  } finally {
    await kernel.stop();
  }
}
