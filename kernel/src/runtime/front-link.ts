/**
 * Frames from the front. Each message is handled in a macrotask of its own: the code that one starts comes to its first
 * real wait before the next is looked at, so that an abort finds it there, or does not find it at all and the front sees
 * that it spins. Every arrival schedules a task: a termination that unwinds one never stops the handling of the next.
 */
import { Socket } from 'node:net';
import { FrameDecoder } from '../ipc/frames.js';
import type { ToRuntime } from '../ipc/messages.js';
import { asOurs } from './builtins.js';

/**
 * Reads frames until the front closes its end.
 * @param take handles one message.
 * @param ended is called when the front is gone or sends what cannot be read.
 */
export function readFront(descriptor: number, take: (message: ToRuntime) => void, ended: () => void): void {
  const queue: ToRuntime[] = [];
  const decoder = new FrameDecoder();
  const handleOne = (): void => {
    const message = asOurs(() => queue.shift());
    if (queue.length > 0) setImmediate(handleOne);
    if (message !== undefined) take(message);
  };
  const socket = new Socket({ fd: descriptor, readable: true, writable: false });
  socket.on('data', (chunk: Buffer) => {
    try {
      asOurs(() => {
        for (const message of decoder.push(chunk)) queue.push(message as ToRuntime);
      });
    } catch {
      ended();
    }
    setImmediate(handleOne);
  });
  socket.on('end', ended);
  socket.on('error', ended);
}
