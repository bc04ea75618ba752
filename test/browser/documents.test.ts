import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab, notebook, textOf, type LabInPage } from './lab.js';

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.open({
    'one.ipynb': notebook(['const rows = new Float64Array(2_000_000);', 'const late = 1;', SPIN]),
    'two.ipynb': notebook(['const other = new Float64Array(1_000_000);', '1 + 1']),
  });
  await lab.showPanel();
});
afterAll(() => lab[Symbol.asyncDispose]());

/** Spins for four seconds and never yields. */
const SPIN = 'const end = Date.now() + 4000; while (Date.now() < end);';

const comms = (kernelId: string): Promise<number> =>
  lab.page.evaluate(async (id) => {
    const { kernels } = (globalThis as unknown as ServicesInPage).jupyterapp.serviceManager;
    const connection = kernels.connectTo({ model: { id, name: 'heapmark' }, handleComms: false });
    const { content } = await connection.requestCommInfo({ target_name: 'heapmark.memory' });
    connection.dispose();
    return Object.keys(content.comms ?? {}).length;
  }, kernelId);

interface ServicesInPage {
  jupyterapp: {
    serviceManager: {
      kernels: {
        connectTo(options: object): {
          requestCommInfo(content: object): Promise<{ content: { comms?: Record<string, unknown> } }>;
          dispose(): void;
        };
      };
    };
  };
}

const kernelId = (): Promise<string> =>
  lab.page.evaluate(
    () =>
      (
        (globalThis as unknown as LabInPage).jupyterapp.shell.currentWidget.sessionContext.session
          .kernel as unknown as { id: string }
      ).id,
  );

describe('several documents', () => {
  it('have each their own kernel shown as they come to the front', async () => {
    await lab.run(0);
    await lab.variable('rows').waitFor();
    await lab.command('docmanager:open', { path: 'two.ipynb' });
    await textOf(lab.panel.locator('.hm-Header'), /two\.ipynb/);
    await textOf(lab.panel, /No variables yet/);
    await lab.run(0);
    await lab.variable('other').waitFor();
    expect(await lab.variable('rows').count()).toBe(0);
  });

  it('stand side by side, and the panel follows the active one', async () => {
    await lab.command('docmanager:open', { path: 'one.ipynb', options: { mode: 'split-right' } });
    await textOf(lab.panel.locator('.hm-Header'), /one\.ipynb/);
    await lab.variable('rows').waitFor();
    await lab.command('docmanager:open', { path: 'two.ipynb' });
    await lab.variable('other').waitFor();
    await lab.picture('split');
  });

  it('share a kernel, and the panel lives on when the one that came first is closed', async () => {
    await lab.command('docmanager:open', { path: 'one.ipynb' });
    const id = await kernelId();
    await lab.command('notebook:create-console');
    await textOf(lab.panel.locator('.hm-Header'), /Console|one/);
    await lab.command('docmanager:open', { path: 'one.ipynb' });
    await lab.command('docmanager:save');
    await lab.command('application:close');
    await lab.page.locator('.jp-CodeConsole').waitFor();
    await lab.page.locator('.jp-CodeConsole-promptCell .cm-content').click();
    await lab.page.keyboard.type('const typed = new Float64Array(3_000_000);');
    await lab.command('console:run-forced');
    await lab.variable('typed').waitFor();
    await lab.variable('rows').waitFor();
    expect(await comms(id)).toBe(1);
    await lab.command('application:close');
    await expect.poll(() => comms(id), { timeout: 20_000 }).toBe(0);
  });

  it('are closed while the kernel is busy without an error', async () => {
    await lab.command('docmanager:open', { path: 'one.ipynb' });
    await textOf(lab.panel.locator('.hm-Header'), /one\.ipynb.*idle/);
    await lab.select(2);
    const running = lab.command('notebook:run-cell').catch(() => undefined);
    await textOf(lab.panel.locator('.hm-Cells'), /running/);
    await lab.command('docmanager:save');
    await lab.command('application:close');
    await running;
    await textOf(lab.panel.locator('.hm-Header'), /two\.ipynb/);
    expect(lab.errors).toEqual([]);
  });
});

it('follows a document to another kernel', async () => {
  await lab.run(0);
  await lab.variable('other').waitFor();
  await lab.page.evaluate(async () => {
    const { sessionContext } = (globalThis as unknown as LabInPage).jupyterapp.shell.currentWidget;
    await (sessionContext as unknown as { changeKernel(model: object): Promise<void> }).changeKernel({
      name: 'python3',
    });
  });
  await textOf(lab.panel, /does not tell what its memory holds/);
  await textOf(lab.panel.locator('.hm-Message'), /What the server knows of it.*MB/);
  await lab.page.evaluate(async () => {
    const { sessionContext } = (globalThis as unknown as LabInPage).jupyterapp.shell.currentWidget;
    await (sessionContext as unknown as { changeKernel(model: object): Promise<void> }).changeKernel({
      name: 'heapmark',
    });
  });
  await textOf(lab.panel, /No variables yet/);
  await lab.run(0);
  await lab.variable('other').waitFor();
  expect(lab.errors).toEqual([]);
});
