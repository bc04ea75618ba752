/** Names of the package that cells know without an import. */
declare const display: import('./output.js').Display;
declare const input: typeof import('./output.js').input;
