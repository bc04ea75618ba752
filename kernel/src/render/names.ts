import type { GlobalNamesRecord } from '@heapmark/protocol';
import { line, type Block } from './blocks.js';

/** `%check_global_variable`: one name a line, with type and value on request. */
export function namesBlocks(record: GlobalNamesRecord): Block[] {
  if (record.names.length === 0) return [line('No variables.')];
  if (record.values !== null) {
    return [
      {
        kind: 'table',
        columns: [
          { head: 'name', align: 'left', limit: 40, code: true },
          { head: 'type', align: 'left', limit: 32 },
          { head: 'value', align: 'left', limit: 80, code: true },
        ],
        rows: record.values.map(({ name, type, preview }) => ({ cells: [name, type, preview] })),
      },
    ];
  }
  return [
    {
      kind: 'table',
      headless: true,
      columns: [{ head: 'name', align: 'left', code: true }],
      rows: record.names.map((name) => ({ cells: [name] })),
    },
  ];
}

/** What `%whos` shows of a variable. */
export interface NamedValue {
  readonly name: string;
  readonly type: string;
  readonly shape: string | null;
  readonly preview: string;
}

/** `%whos`: name, type, and shape with value, as IPython orders them. */
export function whosBlocks(variables: readonly NamedValue[]): Block[] {
  if (variables.length === 0) return [line('No variables.')];
  const rows = variables.map(({ name, type, shape, preview }) => ({
    cells: [name, type, shape === null || preview.includes(shape) ? preview : `${shape}: ${preview}`],
  }));
  const columns = [
    { head: 'Variable', align: 'left', limit: 40, code: true },
    { head: 'Type', align: 'left', limit: 32 },
    { head: 'Data/Info', align: 'left', limit: 80, code: true },
  ] as const;
  return [{ kind: 'table', columns, rows }];
}
