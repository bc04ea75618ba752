/**
 * Declarations of the magics: name, arguments and help, once. They give the parser, the help text, the usage errors and
 * the completions, in the front (which answers while the runtime is busy) as in the runtime.
 */

/** An option or positional argument of a magic. */
export interface MagicArgument {
  /** `--sort`, `-f`, or the name of a positional argument in capitals (`NAME`). */
  name: string;
  /** Short form of an option. */
  alias?: string;
  kind: 'flag' | 'option' | 'positional' | 'rest';
  /** What an option or positional takes. */
  value?:
    | 'string'
    | 'number'
    | 'integer'
    | 'bytes'
    | 'regexp'
    | 'glob'
    | 'variable'
    | 'file'
    | 'code'
    | { oneOf: readonly string[] };
  required?: boolean;
  /** `false` while this kernel does not answer it, though its magic is available: giving it says so. */
  available?: false;
  help: string;
}

/** A magic as declared. */
export interface MagicDeclaration {
  name: string;
  /** `line`: `%name`; `cell`: `%%name` on the first line; `both`. */
  form: 'line' | 'cell' | 'both';
  /** One sentence. */
  summary: string;
  /** More, in Markdown. */
  details?: string;
  args: readonly MagicArgument[];
  /** Name of the function form exported by the package `heapmark`. */
  functionForm?: string;
  examples?: readonly string[];
  /** `false` while this kernel does not answer it: it is no part of `%lsmagic`, and running it says so. */
  available: boolean;
}

const flag = (name: string, help: string, alias?: string): MagicArgument => ({
  name,
  kind: 'flag',
  help,
  ...(alias === undefined ? {} : { alias }),
});
const option = (
  name: string,
  value: NonNullable<MagicArgument['value']>,
  help: string,
  alias?: string,
): MagicArgument => ({
  name,
  kind: 'option',
  value,
  help,
  ...(alias === undefined ? {} : { alias }),
});
const operand =
  (kind: 'positional' | 'rest') =>
  (name: string, value: NonNullable<MagicArgument['value']>, help: string, required = false): MagicArgument => ({
    name,
    kind,
    value,
    help,
    required,
  });
const positional = operand('positional');
const rest = operand('rest');

export const magicDeclarations: readonly MagicDeclaration[] = [
  {
    name: 'vars',
    form: 'line',
    summary: 'Lists your variables with type, shape, size, owner cell and notes.',
    args: [
      positional('PATTERN', 'glob', 'only names that match, with * and ?'),
      option('--sort', { oneOf: ['size', 'name', 'cell'] }, 'order of the rows; size by default'),
      option('--type', 'string', 'only values of this type'),
      flag('--all', 'functions, classes, imports, _names and names set on globalThis too'),
      flag('--exact', 'retained sizes from a heap snapshot: what comes back if the name alone is freed'),
      flag('--force', 'takes the snapshot whatever it costs'),
      flag('--json', 'the record as JSON'),
    ],
    functionForm: 'vars',
    details:
      '`~` before a size says that it is estimated, `≥` that it is at least that, `—` that it is not known. No getter and no proxy trap is run. A hidden name that holds over 1 MB is listed all the same.',
    examples: ['%vars', '%vars row* --sort name', '%vars --type Map'],
    available: true,
  },
  {
    name: 'check_global_variable',
    form: 'line',
    summary: 'The plain list of your global variables.',
    args: [flag('--values', 'with their values')],
    details: 'Hides functions, imports and _names; classes and all else are listed.',
    functionForm: 'checkGlobalVariable',
    available: true,
  },
  {
    name: 'who',
    form: 'line',
    summary: 'Prints the names of your variables.',
    args: [rest('TYPE', 'string', 'only values of these types')],
    available: true,
  },
  {
    name: 'who_ls',
    form: 'line',
    summary: 'Gives the names of your variables as a sorted array.',
    args: [rest('TYPE', 'string', 'only values of these types')],
    available: true,
  },
  {
    name: 'whos',
    form: 'line',
    summary: 'Lists your variables with type and value.',
    args: [rest('TYPE', 'string', 'only values of these types')],
    available: true,
  },
  {
    name: 'free',
    form: 'line',
    summary: 'Deletes variables, collects, and tells what came back and what still holds the rest.',
    args: [
      rest('NAME', 'variable', 'what to free'),
      flag('--all', 'all that %vars lists; functions, classes, imports and _names stay'),
      option('--pattern', 'regexp', 'names that match this regular expression'),
      flag('--dispose', 'disposes the tensors that only these values hold'),
      flag('--why', 'looks for holders in a heap snapshot where the walk finds none'),
      flag('--force', 'takes the snapshot whatever it costs'),
    ],
    functionForm: 'free',
    details:
      'What came back is measured after a forced collection. A name that does not exist is a mistake, and then nothing is freed.',
    examples: ['%free rows', '%free --pattern ^tmp', '%free --all'],
    available: true,
  },
  {
    name: 'xdel',
    form: 'line',
    summary: 'Deletes a variable and says what else holds its value.',
    args: [
      flag('-n', 'deletes every other name of the same value too'),
      positional('NAME', 'variable', 'what to delete', true),
    ],
    available: true,
  },
  {
    name: 'reset',
    form: 'line',
    summary: 'Clears every name you defined, functions, classes and imports too.',
    args: [
      flag('-f', 'does not ask'),
      flag('-s', 'as IPython has it; the history stays with or without it'),
      flag('--runtime', 'starts a fresh runtime: every byte comes back; notebook, history and connection stay'),
    ],
    available: true,
  },
  {
    name: 'reset_selective',
    form: 'line',
    summary: 'Clears the names that match a regular expression.',
    args: [flag('-f', 'does not ask'), positional('REGEX', 'regexp', 'which names', true)],
    available: true,
  },
  {
    name: 'gc',
    form: 'line',
    summary: 'Collects garbage and tells what it returned.',
    args: [
      flag('--minor', 'the young generation only'),
      flag('--count', 'which objects went since the last count, by heap snapshots'),
      flag('--force', 'takes the snapshot whatever it costs'),
      flag(
        '--stats',
        'collections, pauses, what they freed and what lived on, by kind since the start; spaces of the heap',
      ),
      option(
        '--confirm',
        { oneOf: ['on', 'off'] },
        'whether collections in idle time confirm what cells cost: each empties weak caches',
      ),
      option('--debug', { oneOf: ['on', 'off'] }, 'prints each collection as it happens'),
      option(
        '--watch',
        { oneOf: ['on', 'off'] },
        'lists what was to go and has not: tracked objects with their holders, timers, listeners, promises, handles, workers',
      ),
      option('--after', 'integer', 'full collections that a tracked object may survive; 2 by default'),
    ],
    functionForm: 'gc',
    details:
      '`track(value, label)` from the package `heapmark` says that a value is expected to go. While --watch is on, each %gc lists what has not; promises and the makers of handles are noted down from then on, which slows each await a little. `gcThreshold()` reads and sets the limits of the generations.',
    examples: ['%gc', '%gc --stats', '%gc --watch on'],
    available: true,
  },
  {
    name: 'mem',
    form: 'line',
    summary: 'Where memory stands now, against the limits, and the cells that took most.',
    args: [
      flag(
        '--diff',
        'what was added since the mark, by kind and holder, from two heap snapshots; the first sets the mark',
      ),
      flag('--mark', 'sets the mark anew'),
      option('--snapshot', 'file', 'writes a heap snapshot that Chrome DevTools opens'),
      flag('--overwrite', 'replaces the file where there is one'),
      flag('--force', 'takes the snapshot whatever it costs'),
    ],
    functionForm: 'memory',
    examples: ['%mem', '%mem --mark', '%mem --diff', '%mem --snapshot heap'],
    available: true,
  },
  {
    name: 'memit',
    form: 'both',
    summary: 'Measures the peak and the increment of memory of a statement or a cell.',
    args: [
      option('-r', 'integer', 'how many runs, the highest counts; 1 by default'),
      option('-t', 'number', 'gives up after so many seconds'),
      option('-i', 'number', 'seconds between two looks where the system keeps no high-water mark; 0.01 by default'),
      flag('-c', 'counts child processes too'),
      flag('-o', 'gives the record'),
      flag('-q', 'prints nothing'),
      rest('CODE', 'code', 'what to run'),
    ],
    functionForm: 'memit',
    details:
      "As memory_profiler prints it: the process's highest resident memory and what it rose by, in MiB. The second line is JavaScript's own share. A full collection comes before each run.",
    examples: ['%memit rows.map((row) => ({ ...row }))', '%memit -r 3 -o load()'],
    available: true,
  },
  {
    name: 'memtrace',
    form: 'cell',
    summary: 'Bytes that each line of the cell allocated: in all, and still alive.',
    args: [
      option('--top', 'integer', 'how many lines; 10 by default'),
      option('--interval', 'bytes', 'bytes between two samples of live objects; 8192 by default, 1 samples each'),
    ],
    functionForm: 'memtrace.start',
    details:
      'Code that was not compiled for tracing (packages, functions of earlier cells) counts for the line that calls it. `await memtrace.start()` traces all cells from the next one on, their functions too.',
    examples: ['%%memtrace', '%%memtrace --top 5'],
    available: true,
  },
  {
    name: 'why',
    form: 'line',
    summary: 'The path that keeps a value alive.',
    args: [
      positional('NAME', 'variable', 'which value', true),
      flag('--all', 'every direct holder, counted in a heap snapshot'),
      flag('--force', 'takes the snapshot whatever it costs'),
    ],
    functionForm: 'why',
    details:
      'Looks through the other variables first; where they do not hold the value, into a heap snapshot if that is quick enough and there is memory for it. V8 keeps no reference counts (what sys.getrefcount tells in Python): --all counts the holders in a snapshot, other names of the same value among them.',
    examples: ['%why rows', '%why rows --all'],
    available: true,
  },
  {
    name: 'leaks',
    form: 'cell',
    summary:
      'Runs the cell many times and tells whether it leaks, how much, what, who holds it and which line made it.',
    args: [
      option('-n', 'integer', 'iterations that are measured; as many as it takes when absent'),
      option('--warmup', 'integer', 'iterations before them; chosen when absent'),
      flag('--async', 'waits after each group for timers, files and the like that the iterations have started'),
      option('-t', 'number', 'most seconds for measuring; 10 unless -n is given'),
      flag('--brief', 'only the verdict and the rate: takes no heap snapshots'),
      flag('--force', 'takes the snapshots whatever they cost'),
    ],
    functionForm: 'leaks',
    details:
      'Collections come between groups of iterations; what fills and stops, as a cache does, is no leak. Names that the cell declares stay its own. An interrupt gives what is known by then. Some more iterations between two heap snapshots tell what grew.',
    examples: ['%%leaks', '%%leaks -n 100000', '%%leaks --async'],
    available: true,
  },
  {
    name: 'tensors',
    form: 'line',
    summary: 'Live tensors with the cell that made them, and what their allocators hold.',
    args: [
      option('--limit', 'integer', 'how many tensors; 20 by default'),
      option('--dispose', 'string', 'disposes these: ids of the list, with commas between'),
      option(
        '--reset',
        { oneOf: ['allocated', 'reserved', 'both'] },
        'begins the peaks anew, as torch.cuda.reset_peak_memory_stats does',
      ),
      option(
        '--autofree',
        { oneOf: ['on', 'off'] },
        'whether tensors whose last reference was collected are freed; on at the start',
      ),
      flag('--json', 'the record as JSON'),
    ],
    functionForm: 'tensors',
    details:
      'TensorFlow.js on every backend, all buffers of WebGPU, sessions of ONNX Runtime. Views of one storage are counted once. Figures of different sources overlap.',
    examples: ['%tensors', '%tensors --limit 100', '%tensors --dispose 12,13', '%tensors --reset both'],
    available: true,
  },
  {
    name: 'gpu',
    form: 'line',
    summary: 'Devices and the processes that hold their memory.',
    args: [flag('--json', 'the record as JSON')],
    functionForm: 'gpu',
    details: "NVIDIA's library, else nvidia-smi, else what Linux tells of AMD's devices.",
    available: true,
  },
  {
    name: 'empty_cache',
    form: 'line',
    summary: 'Gives the free buffers of tensor pools back.',
    args: [flag('--all', 'makes backends anew that cannot shrink (wasm), around their live tensors')],
    functionForm: 'emptyCache',
    details: 'No live tensor is freed. What came back is measured by the pool and once more without it.',
    available: true,
  },
  {
    name: 'caches',
    form: 'line',
    summary: 'Every cache in the process: hits, misses, size, bytes.',
    details:
      'Listed are the caches of `heapmark/caches`, every instance of the package lru-cache from 11.4 on that was used, and the Maps and objects named with `add`.',
    args: [
      positional(
        'ACTION',
        { oneOf: ['clear', 'resize', 'add'] },
        'empties a cache, sets its bound, or lists a Map or object of yours too',
      ),
      positional('NAME', 'string', 'with which cache'),
      positional('N', 'integer', 'the new bound'),
    ],
    functionForm: 'caches',
    examples: ['%caches', '%caches clear embed', '%caches resize embed 500', '%caches add lookup'],
    available: true,
  },
  {
    name: 'memlimit',
    form: 'line',
    summary: "Reads or sets the guard's limit.",
    details:
      "A cell is stopped near V8's heap limit and when the machine or the container is full; the limit comes on top. `off` turns " +
      'all of it off. A stopped cell keeps every variable.',
    examples: ['%memlimit 2G', '%memlimit off'],
    args: [positional('SIZE', 'bytes', '2G, 512M, or off')],
    functionForm: 'memlimit',
    available: true,
  },
  {
    name: 'checkpoint',
    form: 'line',
    summary: 'Keeps serialisable variables across a death of the runtime.',
    args: [positional('STATE', { oneOf: ['on', 'off'] }, 'on or off')],
    available: false,
  },
  {
    name: 'typecheck',
    form: 'line',
    summary: 'Turns the type check of cells on or off.',
    args: [positional('STATE', { oneOf: ['on', 'off'] }, 'on or off; says which when absent')],
    available: true,
  },
  { name: 'lsmagic', form: 'line', summary: 'Lists the magics.', args: [], available: true },
  {
    name: 'time',
    form: 'both',
    summary: 'Times one run of a statement or a cell.',
    details: 'Names that the code behind %time declares stay its own; those of a cell below %%time are kept.',
    args: [rest('CODE', 'code', 'what to run')],
    examples: ['%time await load()'],
    available: true,
  },
  {
    name: 'timeit',
    form: 'both',
    summary: 'Times many runs of a statement or a cell.',
    args: [
      option('-n', 'integer', 'loops a run; chosen by itself when absent'),
      option('-r', 'integer', 'runs; 7 by default'),
      flag('-q', 'prints nothing'),
      flag('-o', 'gives the record'),
      rest('CODE', 'code', 'what to run'),
    ],
    details:
      'V8 may leave out work whose result nobody uses: store the result in a variable of an earlier cell when a time looks too good.',
    examples: ['%timeit rows.slice(0, 10)', '%timeit -n 1000 -r 3 JSON.stringify(rows)'],
    available: true,
  },
];

/** The declaration of a magic, by name without its percent signs. */
export const magicDeclaration = (name: string): MagicDeclaration | undefined =>
  magicDeclarations.find((declared) => declared.name === name);
