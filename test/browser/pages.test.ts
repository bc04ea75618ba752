import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab, notebook, textOf } from './lab.js';

interface KernelInPage {
  jupyterapp: {
    shell: {
      currentWidget: {
        sessionContext: {
          session: {
            kernel: { requestCommInfo(content: object): Promise<{ content: { comms?: Record<string, unknown> } }> };
          };
        };
      };
    };
  };
}

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.open({
    'pages.ipynb': notebook(['const rows = new Float64Array(8_000_000);', 'const more = new Float64Array(4_000_000);']),
  });
});
afterAll(() => lab[Symbol.asyncDispose]());

/** How many comms of the memory protocol the kernel has. */
const comms = (): Promise<number> =>
  lab.page.evaluate(async () => {
    const { kernel } = (globalThis as unknown as KernelInPage).jupyterapp.shell.currentWidget.sessionContext.session;
    const { content } = await kernel.requestCommInfo({ target_name: 'heapmark.memory' });
    return Object.keys(content.comms ?? {}).length;
  });

describe('pages on one kernel', () => {
  it('share one comm among all that is shown in a page', async () => {
    await lab.showPanel();
    await lab.run(0);
    await textOf(lab.badge(0), /\+6[34]\.\d MB/);
    expect(await comms()).toBe(1);
  });

  it('show what is known again after the page is loaded anew, and leave no comm behind', async () => {
    await lab.command('docmanager:save');
    await lab.jupyter.open(lab.page, 'pages.ipynb');
    await textOf(lab.badge(0), /\+6[34]\.\d MB/);
    await lab.showPanel();
    await lab.variable('rows').waitFor();
    expect(await comms()).toBe(1);
  });

  it('each learn of what the other runs', async () => {
    const other = await lab.browser.newPage();
    await lab.jupyter.open(other, 'pages.ipynb');
    await lab.jupyter.command(other, 'heapmark:show-panel');
    await lab.run(1);
    await lab.variable('more').waitFor();
    await other.locator('.hm-Variable-name:text-is("more")').waitFor();
    expect(await comms()).toBe(2);
    await other.close();
    expect(lab.errors).toEqual([]);
  });
});

it('follows a console as it does a notebook', async () => {
  await lab.command('console:create', { kernelPreference: { name: 'heapmark' }, path: 'a-console' });
  await textOf(lab.panel.locator('.hm-Header'), /Console/);
  await textOf(lab.panel, /No variables yet/);
  await lab.page.locator('.jp-CodeConsole .jp-CodeConsole-promptCell .cm-content').click();
  await lab.page.keyboard.type('const typed = 7;');
  await lab.command('console:run-forced');
  await lab.variable('typed').waitFor();
});
