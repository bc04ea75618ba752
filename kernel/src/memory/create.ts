import { ErrorCode, ProtocolError, type WhyRecord } from '@heapmark/protocol';
import type { GlobalEntry } from '../runtime/context.js';
import { Collector } from './collect.js';
import { freeNames } from './free.js';
import { FreedNames } from './heap/freed.js';
import { GcLog } from './gc-log.js';
import { expandValue } from './list/expand.js';
import { cellRefOf, listVariables } from './list/list.js';
import { isHidden } from './list/names.js';
import { previewOf } from './list/preview.js';
import { shapeOf, typeOf } from './list/type.js';
import type { Memory, MemoryContext, NameRule } from './memory.js';
import { findHolders } from './paths.js';
import { regExpExec } from './primordials.js';
import { CellPeak } from './peak/cell-peak.js';
import { systemProbes, type Probes } from './probes.js';
import { memoryReport, thresholds } from './report.js';
import { Settler } from './settle.js';
import { sampleNow } from './usage.js';

/**
 * The memory part of a runtime, one instance each. It counts collections from now on, and measures where the first cell
 * begins as soon as the runtime is idle.
 * @param probes clock, collector and counters; the process's own by default.
 */
export function createMemory(context: MemoryContext, probes: Probes = systemProbes()): Memory {
  const log = new GcLog();
  log.start();
  const collector = new Collector(probes, log, () => context.isRunning());
  const settler = new Settler(context, probes, collector);
  settler.start();
  const peak = new CellPeak();
  const freed = new FreedNames();
  const entry = (name: string): GlobalEntry | undefined => {
    const found = context.globals.get(name);
    return found?.defined === true ? found : context.globals.addedToGlobalThis().find((added) => added.name === name);
  };
  const everyEntry = (): GlobalEntry[] => [...context.globals.entries(), ...context.globals.addedToGlobalThis()];
  const others = (name: string): GlobalEntry[] => everyEntry().filter((other) => other.name !== name);
  return {
    variables: (options) => listVariables(context, probes, options),
    names(rule: NameRule) {
      const source = rule === 'all' ? everyEntry() : [...context.globals.entries()];
      return source.filter((named) => !isHidden(named, rule)).map(({ name }) => name);
    },
    matching: (pattern) =>
      everyEntry()
        .filter(({ name }) => {
          pattern.lastIndex = 0;
          return regExpExec(pattern, name) !== null;
        })
        .map(({ name }) => name),
    describe: (value) => ({ type: typeOf(value), shape: shapeOf(value), preview: previewOf(value) }),
    entry,
    expand(path, from, limit) {
      const [name] = path;
      const found = name === undefined ? undefined : entry(name);
      if (found === undefined)
        throw new ProtocolError(ErrorCode.usage, `There is no variable ${name ?? ''}. %vars lists those there are.`);
      return expandValue(found.value, path, probes, from, limit);
    },
    aliases(name) {
      const value = entry(name)?.value;
      if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return [];
      return others(name)
        .filter((other) => other.value === value)
        .map((other) => other.name);
    },
    free: (names, options) =>
      freeNames(names, context, probes, collector, options, { freesOutside: () => settler.freesOutside(), freed }),
    leftovers: (name) => freed.find(name),
    why: (name) => whyAlive(name, entry(name), others(name), probes),
    collect: (options) => collector.record(options),
    confirming(on) {
      if (on !== undefined) settler.confirms = on;
      return settler.confirms;
    },
    gcThreshold: () => thresholds(probes),
    clock: probes,
    sample: () => sampleNow(probes, { busy: context.isRunning() }),
    report: (cells) => memoryReport(probes, context.isRunning(), cells),
    usage: () => context.usage(),
    cellBegins() {
      settler.cellBegins();
      peak.begin();
    },
    heapPeak: () => peak.end(),
    lookAtHeap: () => peak.look(),
    cellEnded: (cell) => settler.cellEnded(cell),
    quiet: (quiet) => settler.quiet(quiet),
    settingsChanged: () => settler.settingsChanged(),
    close() {
      settler.stop();
      log.close();
    },
  };
}

function whyAlive(name: string, found: GlobalEntry | undefined, others: GlobalEntry[], probes: Probes): WhyRecord {
  const start = probes.now();
  const record = (alive: boolean, holders: WhyRecord['holders'], reason: string | null): WhyRecord => ({
    name,
    alive,
    holders,
    holderCount: null,
    source: 'walk',
    reason,
    remedy: alive ? `%free ${name}` : null,
    elapsedMs: Math.max(0, probes.now() - start),
  });
  if (found === undefined) return record(false, [], `there is no variable ${name}`);
  const own = {
    path: [{ kind: 'global' as const, name }],
    text: `held by its name: \`${name}\``,
    cell: cellRefOf(found.owner),
    retainedBytes: null,
  };
  const { value } = found;
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null)
    return record(true, [own], 'texts and numbers have no identity: other holders cannot be told');
  const { holders, complete } = findHolders(others, [value], probes);
  const other = holders.get(value);
  return record(
    true,
    other === undefined ? [own] : [own, other],
    complete ? null : 'the search through the other variables ended early',
  );
}
