import type { Handler } from './handler.js';

export const shutdown: Handler<'shutdown_request'> = (content, services, message) => {
  const restart = content.restart ?? false;
  services.shutdown(restart, message.header);
  return { status: 'ok', restart };
};
