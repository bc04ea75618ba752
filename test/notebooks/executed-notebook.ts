/** Runs a notebook as JupyterLab's own tools do and reads what came out. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export interface Output {
  output_type: 'stream' | 'display_data' | 'execute_result' | 'error';
  name?: string;
  text?: string | string[];
  data?: Record<string, unknown>;
  ename?: string;
  evalue?: string;
}

export interface Cell {
  id: string;
  cell_type: 'code' | 'markdown' | 'raw';
  source: string | string[];
  execution_count?: number | null;
  metadata: { tags?: string[] };
  outputs?: Output[];
}

export interface Notebook {
  cells: Cell[];
  metadata: { kernelspec?: { name: string } };
}

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const pythons = ['.venv/bin/python', '.venv/Scripts/python.exe'];
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

const joined = (text: string | string[] | undefined): string => (Array.isArray(text) ? text.join('') : (text ?? ''));
export const sourceOf = (cell: Cell): string => joined(cell.source);

/** Executes a notebook with the Python of the set-up. */
export async function execute(path: string): Promise<Notebook> {
  const python = process.env['HEAPMARK_PYTHON'] ?? pythons.map(at).find(existsSync);
  if (python === undefined) throw new Error('There is no .venv: npm run setup makes it.');
  const script = at('test/notebooks/execute.py');
  const { stdout } = await promisify(execFile)(python, [script, path], { maxBuffer: MAX_OUTPUT_BYTES });
  return JSON.parse(stdout) as Notebook;
}

/** What a reader sees of an output as text. */
export function textOf(output: Output): string {
  if (output.output_type === 'stream') return joined(output.text);
  if (output.output_type === 'error') return `${output.ename}: ${output.evalue}`;
  return joined(output.data?.['text/plain'] as string | string[] | undefined);
}

/** All text below the cell with that id. */
export function textBelow(notebook: Notebook, id: string): string {
  const cell = notebook.cells.find((each) => each.id === id);
  if (cell === undefined) throw new Error(`No cell has the id ${id}.`);
  return (cell.outputs ?? []).map(textOf).join('\n');
}
