import type { CellRecord } from '@heapmark/protocol';
import { createHeapView, createMemory } from '../memory/index.js';
import { renderValue } from '../render/mime.js';
import type { Extension, Install, RuntimeContext } from '../runtime/context.js';
import { createCacheDesk } from './cache-functions.js';
import { systemClock } from './clock.js';
import type { MagicContext } from './context.js';
import { runCell, runLine } from './dispatch.js';
import { createFunctions } from './functions.js';
import { createLeakDesk } from './leak-functions.js';
import { createTensors, reserveGlobals } from '../tensors/create.js';
import { createTensorFunctions } from './tensor-functions.js';
import { createTracer, memtraceFunctions } from './tracing.js';
import { requestHandlers } from './request-handlers.js';
import { tensorRequests } from './tensor-requests.js';
import { VariableEvents } from './variable-events.js';

export { reserveGlobals };

/** Plugs magics, function forms and memory into a runtime. */
export const installMagics: Install = (runtime): Extension => {
  const settled = (record: CellRecord): void => {
    runtime.settled(cells.settled(record));
    for (const params of cells.leaks(runtime.currentCell())) runtime.emit({ name: 'warning', params });
  };
  // Tensors that the confirming collections free are no part of what a cell keeps.
  const plain = createMemory(Object.create(runtime, { settled: { value: settled } }) as RuntimeContext);
  const { tensors, gpu, cells, memory } = createTensors(runtime, plain);
  const tensorFunctions = createTensorFunctions({ tensors, gpu });
  const heap = createHeapView(runtime, memory);
  const functions = createFunctions(runtime, memory, heap);
  const caches = createCacheDesk(runtime);
  const tracer = createTracer(memory);
  const leakDesk = createLeakDesk({ runtime, heap, tracer });
  const events = new VariableEvents(runtime, memory);
  const context: MagicContext = {
    runtime,
    memory,
    functions,
    tensorFunctions,
    caches,
    clock: systemClock,
    tracer,
    leakDesk,
    async showValue(value) {
      const { data, metadata } = await renderValue(value);
      runtime.display(data, { metadata });
    },
  };
  return {
    line: (name, args) => runLine(name, args, context),
    cell: (magic, body) => runCell(magic, body, context),
    trace: (code) => tracer.trace(code),
    api: {
      ...functions,
      ...tensorFunctions,
      ...caches.functions,
      memtrace: memtraceFunctions(runtime, tracer),
      leaks: leakDesk.leaks,
    },
    requests: {
      ...requestHandlers({ runtime, memory, heap, functions, freed: () => events.touch() }),
      ...caches.requests,
      ...tensorRequests({ functions: tensorFunctions, gpu, freed: () => events.touch() }),
    },
    cellBegins(tag) {
      cells.begins(tag);
      memory.cellBegins();
    },
    tensorMeasure: () => cells.measure(),
    heapPeak: () => memory.heapPeak(),
    lookAtHeap: () => memory.lookAtHeap(),
    cellEnded(cell) {
      tracer.cellEnded();
      memory.cellEnded(cell);
      events.touch();
    },
    quiet(quiet) {
      memory.quiet(quiet);
      events.quiet(quiet);
    },
    settingsChanged(settings) {
      memory.settingsChanged(settings);
      events.want(settings.variablesWanted);
    },
  };
};
