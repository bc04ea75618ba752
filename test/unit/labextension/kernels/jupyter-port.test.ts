import type { Kernel } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';
import { expect, it } from 'vitest';
import { JupyterPort } from '../../../../labextension/src/kernels/jupyter-port.js';

/** As much of a connection of JupyterLab as the port looks at. */
class FakeConnection {
  readonly id = 'kernel-1';
  readonly statusChanged = new Signal<this, string>(this);
  readonly connectionStatusChanged = new Signal<this, string>(this);
  readonly disposed = new Signal<this, void>(this);
  isDisposed = false;
  status = 'idle';
  connectionStatus = 'connected';

  constructor(readonly handleComms = true) {}

  become(change: { status?: string; connectionStatus?: string }): void {
    Object.assign(this, change);
    this.statusChanged.emit(this.status);
    this.connectionStatusChanged.emit(this.connectionStatus);
  }

  dispose(): void {
    this.isDisposed = true;
    this.disposed.emit();
  }
}

const asConnection = (fake: FakeConnection): Kernel.IKernelConnection => fake as unknown as Kernel.IKernelConnection;

function port(first = new FakeConnection()) {
  const made = new JupyterPort(asConnection(first));
  const states: string[] = [made.state];
  made.stateChanged.connect((_, state) => states.push(state));
  return { first, port: made, states };
}

it('is there while the kernel is busy or idle', () => {
  const { first, states } = port();
  first.become({ status: 'busy' });
  expect(states).toEqual(['up']);
});

it('tells a kernel that starts from one that the network was cut from', () => {
  const starting = new FakeConnection();
  starting.connectionStatus = 'connecting';
  expect(port(starting).port.state).toBe('starting');
  const { first, states } = port();
  first.become({ connectionStatus: 'connecting' });
  first.become({ connectionStatus: 'connected' });
  expect(states).toEqual(['up', 'disconnected', 'up']);
});

it('tells a restart, which is no cut network', () => {
  const { first, states } = port();
  first.become({ status: 'restarting' });
  first.become({ status: 'unknown', connectionStatus: 'connecting' });
  first.become({ status: 'idle', connectionStatus: 'connected' });
  expect(states).toEqual(['up', 'restarting', 'starting', 'up']);
});

it('goes over to another connection of the page when its own is closed', () => {
  const { first, port: made, states } = port();
  const [plain, second] = [new FakeConnection(false), new FakeConnection()];
  made.add(asConnection(plain));
  made.add(asConnection(second));
  first.dispose();
  expect(states).toEqual(['up', 'disconnected', 'up']);
  plain.dispose();
  expect(made.state).toBe('up');
  second.become({ status: 'restarting' });
  expect(made.state).toBe('restarting');
});

it('says when the last connection is closed', () => {
  const { first, port: made } = port();
  let gone = 0;
  made.gone.connect(() => (gone += 1));
  const second = new FakeConnection();
  made.add(asConnection(second));
  first.dispose();
  expect(gone).toBe(0);
  second.dispose();
  expect([gone, made.state]).toEqual([1, 'dead']);
});
