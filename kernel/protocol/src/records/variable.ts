import { Precision } from '../precision.js';
import {
  array,
  boolean,
  bytes,
  integer,
  ms,
  nullable,
  object,
  oneOf,
  string,
  optional,
  type Static,
} from '../schema.js';

/** The cell that made something. */
export const CellRef = object({
  cellId: nullable(string("JupyterLab's id of the cell; null where the front end sent none")),
  executionCount: integer('the number in the brackets'),
});
export type CellRef = Static<typeof CellRef>;

/** Something worth saying about a value, with the remedy where there is one. */
export const Note = object({
  kind: oneOf([
    'pinsBuffer',
    'pinsString',
    'shared',
    'tensor',
    'grew',
    'hidden',
    'detached',
    'resizable',
    'budget',
    'other',
  ]),
  text: string('what it is, as a person reads it'),
  bytes: optional(nullable(bytes('the bytes it is about'))),
  remedy: optional(string('what to write instead, e.g. `head.slice()`')),
});
export type Note = Static<typeof Note>;

/** One global of the user. */
export const VariableRecord = object({
  name: string(),
  type: string('constructor or kind: `number`, `Float64Array`, `Map`, `function`'),
  shape: nullable(string('length or dimensions: `1000000`, `10 × 3`, `3 keys`; null where there is none')),
  bytes: nullable(bytes('all that the value reaches, each object once')),
  low: nullable(bytes('the truth is not below this')),
  high: nullable(bytes('the truth is not above this; null where no bound is known')),
  precision: Precision,
  sharedBytes: nullable(bytes('the part that another global reaches too')),
  tensorBytes: nullable(bytes('bytes of tensors it reaches, which live outside the heap')),
  preview: string('first characters of the value; getters are never run'),
  cell: nullable(CellRef, 'the cell that last declared it'),
  notes: array(Note),
  source: optional(oneOf(['walk', 'snapshot'])),
});
export type VariableRecord = Static<typeof VariableRecord>;

/** What `vars()` gives. */
export const VariablesRecord = object({
  variables: array(VariableRecord),
  totalBytes: nullable(bytes('all variables together, shared parts once')),
  precision: Precision,
  truncated: boolean('the time budget or the limit of rows ended the list early'),
  leftOut: optional(integer('variables that the limit of rows left out; absent for none')),
  hiddenCount: integer('functions, classes, imports and _names not listed'),
  elapsedMs: ms(),
  source: optional(oneOf(['walk', 'snapshot'])),
});
export type VariablesRecord = Static<typeof VariablesRecord>;

/** `%check_global_variable`: the plain list, with values on request. */
export const GlobalNamesRecord = object({
  names: array(string()),
  values: nullable(array(object({ name: string(), type: string(), preview: string() }))),
});
export type GlobalNamesRecord = Static<typeof GlobalNamesRecord>;

/** One step from a global to a part of its value. */
export const PathStep = object({
  kind: oneOf([
    'global',
    'property',
    'element',
    'mapKey',
    'mapValue',
    'setMember',
    'closure',
    'prototype',
    'timer',
    'listener',
    'weak',
    'internal',
    'stack',
    'handle',
  ]),
  name: string("what a person reads: `Map entry 'k3'`, `[17]`, `.rows`, `closure f declared in cell [4]`"),
});
export type PathStep = Static<typeof PathStep>;

/** What keeps a value alive. */
export const Holder = object({
  path: array(PathStep, 'from the root to the value; empty when only the holder is known'),
  text: string('the path in words'),
  cell: nullable(CellRef),
  retainedBytes: nullable(bytes()),
});
export type Holder = Static<typeof Holder>;

/** What `why(name)` gives. */
export const WhyRecord = object({
  name: string(),
  alive: boolean(),
  holders: array(Holder, 'the shortest path first; all direct holders with --all'),
  holderCount: nullable(
    integer('direct holders in all; V8 keeps no reference counts, so they are counted in a snapshot'),
  ),
  source: oneOf(['walk', 'snapshot']),
  reason: nullable(string('why holders are missing, e.g. the predicted time of a snapshot')),
  remedy: nullable(string()),
  elapsedMs: ms(),
});
export type WhyRecord = Static<typeof WhyRecord>;

/** A child of a value, for the explorer. */
export const ChildRecord = object({
  key: string('as shown'),
  path: array(string(), 'what to send to `expand` for its children'),
  type: string(),
  shape: nullable(string()),
  bytes: nullable(bytes()),
  precision: Precision,
  preview: string(),
  expandable: boolean(),
  notes: array(Note),
});
export type ChildRecord = Static<typeof ChildRecord>;

export const ExpandRecord = object({
  children: array(ChildRecord),
  total: integer('children in all'),
  from: integer(),
});
export type ExpandRecord = Static<typeof ExpandRecord>;
