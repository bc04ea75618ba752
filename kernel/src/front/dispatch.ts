/** From frames to a handler, and from what it returns to a reply between `busy` and `idle`. */
import { parse } from '@heapmark/protocol';
import type { Broadcast } from './broadcast.js';
import { execute, immediate } from './handlers/index.js';
import type { Handler, HandlerServices } from './handlers/handler.js';
import { reasonOf, type Logger } from './log.js';
import { isRequestType, replyType, requestSchemas, type ErrorContent, type RequestType } from './messages.js';
import type { RoutedChannel } from './sockets.js';
import { decode, type Content, type ReceivedMessage, type ReplayWindow, type Signer } from './wire.js';

export interface DispatchServices {
  signer: Signer;
  replays: ReplayWindow;
  broadcast: Broadcast;
  handlers: HandlerServices;
  reply(channel: RoutedChannel, to: ReceivedMessage, type: string, content: Content): void;
  log: Logger;
}

export class Dispatcher {
  constructor(private readonly services: DispatchServices) {}

  /** Never throws: what cannot be read is dropped with a log line. */
  receive(channel: RoutedChannel, frames: Buffer[]): void {
    const { signer, replays, log } = this.services;
    let message: ReceivedMessage;
    try {
      message = decode(frames, signer, replays);
    } catch (error) {
      log.warn(`dropped on ${channel}: ${reasonOf(error)}`);
      return;
    }
    this.route(channel, message);
  }

  private route(channel: RoutedChannel, message: ReceivedMessage): void {
    const { broadcast, log } = this.services;
    const type = message.header.msg_type;
    if (!isRequestType(type)) {
      // The protocol has no reply for these; a status tells the client that it was heard.
      log.warn(`unknown message type ${JSON.stringify(type)} on ${channel}`);
      broadcast.busy(message.header);
      broadcast.idle(message.header);
      return;
    }
    let content: Content;
    try {
      content = parse(requestSchemas[type], message.content);
    } catch (error) {
      log.warn(`${type}: ${reasonOf(error)}`);
      this.refuse(channel, message, 'BadRequest', reasonOf(error));
      return;
    }
    if (type === 'execute_request') {
      if (channel === 'shell') execute(content as never, this.services.handlers, message);
      else this.refuse(channel, message, 'BadRequest', 'execute_request belongs on the shell channel.');
    } else if (type === 'input_reply') {
      // Not a request: it has no status.
      void immediate.input_reply(content as never, this.services.handlers, message);
    } else {
      void this.answer(channel, message, immediate[type], content);
    }
  }

  private async answer(
    channel: RoutedChannel,
    message: ReceivedMessage,
    handler: Handler<RequestType>,
    content: Content,
  ): Promise<void> {
    const { broadcast, handlers, log } = this.services;
    const { header } = message;
    broadcast.busy(header);
    try {
      const reply = await handler(content, handlers, message);
      if (reply !== null) this.services.reply(channel, message, replyType(header.msg_type), { ...reply });
    } catch (error) {
      log.error(`${header.msg_type} failed: ${reasonOf(error)}`);
      this.replyError(channel, message, error instanceof Error ? error.name : 'Error', reasonOf(error));
    }
    broadcast.idle(header);
  }

  private refuse(channel: RoutedChannel, message: ReceivedMessage, ename: string, evalue: string): void {
    const { broadcast } = this.services;
    broadcast.busy(message.header);
    this.replyError(channel, message, ename, evalue);
    broadcast.idle(message.header);
  }

  private replyError(channel: RoutedChannel, message: ReceivedMessage, ename: string, evalue: string): void {
    const type = message.header.msg_type;
    if (!type.endsWith('_request')) return;
    const content: ErrorContent = { status: 'error', ename, evalue, traceback: [`${ename}: ${evalue}`] };
    this.services.reply(channel, message, replyType(type), { ...content });
  }
}
