import type { Handler } from './handler.js';

export const connect: Handler<'connect_request'> = (_content, { connection }) => ({
  status: 'ok',
  ...Object.fromEntries(Object.entries(connection.ports).map(([channel, port]) => [`${channel}_port`, port])),
});
