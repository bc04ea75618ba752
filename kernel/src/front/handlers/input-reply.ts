import type { Handler } from './handler.js';

export const inputReply: Handler<'input_reply'> = ({ value }, { stdin }, message) => {
  stdin.reply(message, value);
  return null;
};
