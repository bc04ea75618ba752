import { createHeapView, createMemory } from '../memory/index.js';
import { renderValue } from '../render/mime.js';
import type { Extension, Install } from '../runtime/context.js';
import { createCacheDesk } from './cache-functions.js';
import { systemClock } from './clock.js';
import type { MagicContext } from './context.js';
import { runCell, runLine } from './dispatch.js';
import { createFunctions } from './functions.js';
import { createTracer, memtraceFunctions } from './memtrace.js';
import { requestHandlers } from './request-handlers.js';
import { VariableEvents } from './variable-events.js';

/** Plugs magics, function forms and memory into a runtime. */
export const installMagics: Install = (runtime): Extension => {
  const memory = createMemory(runtime);
  const heap = createHeapView(runtime, memory);
  const functions = createFunctions(runtime, memory, heap);
  const caches = createCacheDesk(runtime);
  const tracer = createTracer(memory);
  const events = new VariableEvents(runtime, memory);
  const context: MagicContext = {
    runtime,
    memory,
    functions,
    caches,
    clock: systemClock,
    tracer,
    async showValue(value) {
      const { data, metadata } = await renderValue(value);
      runtime.display(data, { metadata });
    },
  };
  return {
    line: (name, args) => runLine(name, args, context),
    cell: (magic, body) => runCell(magic, body, context),
    trace: (code) => tracer.trace(code),
    api: { ...functions, ...caches.functions, memtrace: memtraceFunctions(runtime, tracer) },
    requests: {
      ...caches.requests,
      ...requestHandlers({ runtime, memory, heap, functions, freed: () => events.touch() }),
    },
    cellBegins: () => memory.cellBegins(),
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
