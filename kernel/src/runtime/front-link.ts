/**
 * Frames from the front. Each batch that arrives is handled in a macrotask of its own, and every arrival schedules one:
 * a termination that unwinds the handling of one message never stops the handling of the next.
 */
import { Socket } from 'node:net';
import { FrameDecoder } from '../ipc/frames.js';
import type { ToRuntime } from '../ipc/messages.js';

/**
 * Reads frames until the front closes its end.
 * @param take handles one message.
 * @param ended is called when the front is gone or sends what cannot be read.
 */
export function readFront(descriptor: number, take: (message: ToRuntime) => void, ended: () => void): void {
  const queue: ToRuntime[] = [];
  const decoder = new FrameDecoder();
  const handleAll = (): void => {
    for (let message = queue.shift(); message !== undefined; message = queue.shift()) take(message);
  };
  const socket = new Socket({ fd: descriptor, readable: true, writable: false });
  socket.on('data', (chunk: Buffer) => {
    try {
      for (const message of decoder.push(chunk)) queue.push(message as ToRuntime);
    } catch {
      ended();
    }
    setImmediate(handleAll);
  });
  socket.on('end', ended);
  socket.on('error', ended);
}
