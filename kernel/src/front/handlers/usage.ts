import type { Handler } from './handler.js';

export const usage: Handler<'usage_request'> = (_content, services) => services.usage.reply();
