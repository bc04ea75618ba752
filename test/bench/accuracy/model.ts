/** The size model as one file that a plain Node can import. */
export { measure } from '../../../kernel/src/memory/size/measure.js';
export { figureOf } from '../../../kernel/src/memory/size/account.js';
