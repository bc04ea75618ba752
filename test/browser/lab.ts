/** What the browser tests share: a notebook in a real JupyterLab, and what a person does and sees there. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';
import { launchBrowser } from '../helpers/browser.js';
import { startJupyter, type RunningJupyter } from '../helpers/jupyter.js';

const ARTEFACTS = fileURLToPath(new URL('../../test-results/browser', import.meta.url));

/** What a test uses of JupyterLab inside the page. */
export interface LabInPage {
  jupyterapp: {
    commands: { execute(id: string, args?: Record<string, unknown>): Promise<unknown>; isToggled(id: string): boolean };
    shell: {
      currentWidget: {
        content: { activeCellIndex: number };
        sessionContext: { session: { kernel: { status: string } } };
      };
    };
  };
}

/** The text of a notebook whose cells have ids `c0`, `c1` and so on. */
export function notebook(cells: readonly string[], kernel = 'heapmark'): string {
  return JSON.stringify({
    cells: cells.map((source, index) => ({
      cell_type: 'code',
      id: `c${index}`,
      metadata: {},
      outputs: [],
      execution_count: null,
      source,
    })),
    metadata: { kernelspec: { name: kernel, display_name: kernel } },
    nbformat: 4,
    nbformat_minor: 5,
  });
}

export class Lab implements AsyncDisposable {
  private constructor(
    readonly jupyter: RunningJupyter,
    readonly browser: Browser,
    readonly page: Page,
    /** Uncaught errors of the page, and what it printed as errors of this extension. */
    readonly errors: readonly string[],
  ) {}

  /** Opens the first of the files in JupyterLab. */
  static async open(
    files: Record<string, string>,
    { beforeOpen, args = [] }: { beforeOpen?: (page: Page) => void; args?: string[] } = {},
  ): Promise<Lab> {
    const jupyter = await startJupyter({ files, args });
    try {
      const browser = await launchBrowser();
      const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
      page.setDefaultTimeout(30_000);
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(`${error.message}\n${error.stack ?? ''}`));
      page.on('console', (message) => {
        if (message.type() === 'error' && /heapmark/i.test(message.text())) errors.push(message.text());
      });
      beforeOpen?.(page);
      await jupyter.open(page, Object.keys(files)[0] ?? '');
      return new Lab(jupyter, browser, page, errors);
    } catch (error) {
      await jupyter.stop();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close();
    await this.jupyter.stop();
  }

  command(id: string, args: Record<string, unknown> = {}): Promise<void> {
    return this.jupyter.command(this.page, id, args);
  }

  get panel(): Locator {
    return this.page.locator('.hm-Panel');
  }

  async showPanel(): Promise<void> {
    await this.command('heapmark:show-panel');
    await this.panel.waitFor();
  }

  async select(cell: number): Promise<void> {
    await this.page.evaluate((index) => {
      (globalThis as unknown as LabInPage).jupyterapp.shell.currentWidget.content.activeCellIndex = index;
    }, cell);
  }

  /** Runs one cell and waits for its end. */
  async run(cell: number): Promise<void> {
    await this.select(cell);
    await this.command('notebook:run-cell');
  }

  activeCell(): Promise<number> {
    return this.page.evaluate(
      () => (globalThis as unknown as LabInPage).jupyterapp.shell.currentWidget.content.activeCellIndex,
    );
  }

  /** The badge under a cell. */
  badge(cell: number): Locator {
    return this.page.locator('.jp-Notebook-cell').nth(cell).locator('.hm-Badge');
  }

  /** A row of the list of cells, by the number in brackets. */
  cellRow(count: number): Locator {
    return this.panel.locator('.hm-Cell', { has: this.page.locator(`.hm-Cell-count:text-is("[${count}]")`) });
  }

  /** A row of the list of variables. */
  variable(name: string): Locator {
    return this.panel.locator('.hm-Grid-row', { has: this.page.locator(`.hm-Variable-name:text-is("${name}")`) });
  }

  get outcome(): Locator {
    return this.panel.locator('.hm-Outcome');
  }

  /** Keeps a picture for a person to look at. */
  async picture(name: string): Promise<void> {
    mkdirSync(ARTEFACTS, { recursive: true });
    await this.page.screenshot({ path: join(ARTEFACTS, `${name}.png`) });
  }
}

/** Waits until an element's text fits. */
export async function textOf(locator: Locator, pattern: RegExp): Promise<string> {
  await locator.filter({ hasText: pattern }).first().waitFor();
  return (await locator.first().textContent()) ?? '';
}
