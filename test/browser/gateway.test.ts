import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Lab, notebook, textOf } from './lab.js';

const PYTHON = fileURLToPath(new URL('../../.venv/bin/python', import.meta.url));
const TOKEN = 'heapmark-gateway';

let gateway: ChildProcess;
let lab: Lab;

beforeAll(async () => {
  const port = await freePort();
  gateway = spawn(
    PYTHON,
    [
      '-m',
      'kernel_gateway',
      '--KernelGatewayApp.ip=127.0.0.1',
      `--KernelGatewayApp.port=${port}`,
      '--KernelGatewayApp.port_retries=0',
      `--KernelGatewayApp.auth_token=${TOKEN}`,
      '--JupyterWebsocketPersonality.list_kernels=True',
      '--KernelGatewayApp.allow_root=True',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  await said(gateway, 'is available at');
  lab = await Lab.open(
    { 'far.ipynb': notebook(['const rows = new Float64Array(2_000_000);', 'rows.length']) },
    { args: [`--gateway-url=http://127.0.0.1:${port}`, `--GatewayClient.auth_token=${TOKEN}`] },
  );
});
afterAll(async () => {
  await lab[Symbol.asyncDispose]();
  const ended = once(gateway, 'exit');
  gateway.kill('SIGTERM');
  await ended;
});

/** Resolves when a process has printed this. */
async function said(child: ChildProcess, text: string): Promise<void> {
  let output = '';
  for await (const chunk of child.stderr ?? []) {
    output += String(chunk);
    if (output.includes(text)) return;
  }
  throw new Error(`The gateway did not start. It printed:\n${output}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

it('shows the memory of a kernel that runs behind a gateway', async () => {
  await lab.showPanel();
  await lab.run(0);
  await lab.variable('rows').waitFor();
  await textOf(lab.badge(0), /\+1[56]\.\d MB/);
  await textOf(lab.panel.locator('.hm-Now-used'), /MB/);
  await lab.run(1);
  await lab.picture('gateway');
  expect(lab.errors).toEqual([]);
});
