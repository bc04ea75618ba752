import { ErrorCode, ProtocolError, type WhyRecord } from '@heapmark/protocol';
import type { GlobalEntry } from '../runtime/context.js';
import { Collector } from './collect.js';
import { freeNames } from './free.js';
import { FreedNames } from './heap/freed.js';
import { GcLog } from './gc-log.js';
import { GcPrinter } from './gc-printer.js';
import { Generations, systemGenerationProbes } from './generations.js';
import { expandValue } from './list/expand.js';
import { cellRefOf, listVariables } from './list/list.js';
import { isHidden } from './list/names.js';
import { previewOf } from './list/preview.js';
import { shapeOf, typeOf } from './list/type.js';
import type { Memory, NameRule, WholeContext } from './memory.js';
import { findHolders } from './paths.js';
import { regExpExec } from './primordials.js';
import { CellPeak } from './peak/cell-peak.js';
import { watchCollections } from './peak/collections.js';
import { systemProbes, type Probes } from './probes.js';
import { memoryReport } from './report.js';
import { Settler } from './settle.js';
import { sampleNow } from './usage.js';
import { SURVIVES, Watch } from './watch/watch.js';

/**
 * The memory part of a runtime, one instance each. It counts collections from now on, and measures where the first cell
 * begins as soon as the runtime is idle.
 * @param probes clock, collector and counters; the process's own by default.
 */
export function createMemory(context: WholeContext, probes: Probes = systemProbes()): Memory {
  const peak = new CellPeak(watchCollections(), (each) => log.book(each));
  const log = new GcLog(probes.wallTime, () => peak.look());
  log.start();
  const printer = new GcPrinter(log, (text) => context.stdoutBetween(text));
  const generations = new Generations(systemGenerationProbes(() => probes.heap().heap_size_limit));
  const collector = new Collector(probes, log, () => context.isRunning());
  const settler = new Settler(context, probes, collector);
  settler.start();
  const freed = new FreedNames();
  const entry = (name: string): GlobalEntry | undefined => {
    const found = context.globals.get(name);
    return found?.defined === true ? found : context.globals.addedToGlobalThis().find((added) => added.name === name);
  };
  const everyEntry = (): GlobalEntry[] => [...context.globals.entries(), ...context.globals.addedToGlobalThis()];
  const others = (name: string): GlobalEntry[] => everyEntry().filter((other) => other.name !== name);
  const watch = new Watch(
    {
      currentCell: () => context.currentCell(),
      ownCell: () => context.ownCell(),
      pendingTimers: () => context.pendingTimers(),
      entries: everyEntry,
      collections: () => log.majors,
    },
    probes,
  );
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
    generations: () => generations.limits(),
    track(value, label) {
      peak.look();
      watch.track(value, label);
    },
    watching(on) {
      if (on !== undefined) watch.on = on;
      watch.letGo();
      return watch.on;
    },
    async watched(explain, after = SURVIVES) {
      // The observer hears of a collection in a later macrotask.
      await probes.macrotask();
      peak.look();
      return watch.record(after, explain);
    },
    printing(on) {
      if (on !== undefined) printer.on = on;
      return printer.on;
    },
    clock: probes,
    sample: () => sampleNow(probes, { busy: context.isRunning() }),
    report: (cells) => memoryReport(probes, context.isRunning(), cells),
    usage: () => context.usage(),
    cellBegins() {
      settler.cellBegins();
      watch.cellBegins();
      peak.begin();
      log.cellBegins(probes.now());
    },
    heapPeak() {
      const highest = peak.end();
      log.cellEnds(probes.now());
      return highest;
    },
    lookAtHeap() {
      peak.look();
      return log.takeMarks();
    },
    cellEnded: (cell) => settler.cellEnded(cell),
    quiet: (quiet) => settler.quiet(quiet),
    settingsChanged: () => settler.settingsChanged(),
    close() {
      settler.stop();
      watch.close();
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
