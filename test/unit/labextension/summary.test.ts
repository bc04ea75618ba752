import { expect, it } from 'vitest';
import { KernelLink } from '../../../labextension/src/client/link.js';
import { MemoryModel } from '../../../labextension/src/model/memory-model.js';
import { memorySummary } from '../../../labextension/src/summary.js';
import { FakeKernel, settle } from './fake-kernel.js';
import { cell, english, variable, variables } from './records.js';

it('tells as Markdown what a kernel holds, with hostile names as plain text', async () => {
  const kernel = new FakeKernel();
  kernel.answers.variables = {
    record: variables([variable('<img src=x>|`a`'), variable('rows', { bytes: 1e9 })]),
    stale: false,
    asOf: 1,
  };
  kernel.answers.cells = { cells: [cell({ source: 'let a = "|";\n' })] };
  const model = new MemoryModel(new KernelLink(kernel, { client: 'test', onInvalid: () => undefined }), () => 0);
  model.watch({ topics: ['sample', 'cell', 'variables'] });
  await settle();
  const text = memorySummary(model, 'tour.ipynb', english);
  expect(text.split('\n')).toEqual([
    '## Memory of tour.ipynb',
    '',
    '151 MB in use (heap 100 MB, buffers 50.0 MB), process 200 MB',
    '',
    '| Cell | Code | Keeps | Peak | Time |',
    '| --- | --- | --- | --- | --- |',
    '| \\[1\\] | let a = "\\|";  | \\+1.00 GB | 1.60 GB | 2.3 s |',
    '',
    '| Variable | Type | Size |',
    '| --- | --- | --- |',
    '| rows | Array\\(3\\) | 1.00 GB |',
    '| \\<img src=x\\>\\|\\`a\\` | Array\\(3\\) | 100 B |',
    '',
  ]);
});
