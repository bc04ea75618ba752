/** What every handler of a request looks like, and what it may use. */
import type { CommHub } from '../comms.js';
import type { Executor } from '../executor.js';
import type { History } from '../history.js';
import type { ReplyContent, RequestContent, RequestType } from '../messages.js';
import type { ProcessUsage } from '../usage.js';
import type { Header, ReceivedMessage } from '../wire.js';
import type { Connection } from '../connection.js';
import type { Compiler } from '../../compiler/contract.js';
import type { StdinDesk } from '../stdin.js';

/** `typescript`, or `javascript` where the kernel stands in for one of that language. */
export type Language = 'typescript' | 'javascript';

export interface HandlerServices {
  connection: Connection;
  language: Language;
  compiler: Compiler;
  executor: Executor;
  history: History;
  comms: CommHub;
  usage: ProcessUsage;
  stdin: StdinDesk;
  /** Tells everyone, and ends the kernel once the reply is out. */
  shutdown(restart: boolean, parent: Header): void;
}

/** Answers one type of request. A rejection becomes an error reply. */
export type Handler<T extends RequestType> = (
  content: RequestContent<T>,
  services: HandlerServices,
  message: ReceivedMessage,
) => ReplyContent<T> | Promise<ReplyContent<T>>;
