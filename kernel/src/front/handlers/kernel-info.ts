import { TYPESCRIPT_VERSION } from '../../compiler/typescript-version.js';
import { JUPYTER_PROTOCOL_VERSION } from '../messages.js';
import { KERNEL_VERSION } from '../version.js';
import type { Handler, Language } from './handler.js';

/**
 * What notebooks keep as their language's metadata. The version is the language's and not Node's: a notebook that is
 * opened on another Node has not changed.
 */
const LANGUAGES: Record<Language, Record<string, unknown>> = {
  typescript: {
    name: 'typescript',
    version: TYPESCRIPT_VERSION,
    mimetype: 'text/typescript',
    file_extension: '.ts',
    codemirror_mode: { name: 'typescript' },
    pygments_lexer: 'typescript',
    nbconvert_exporter: 'script',
  },
  javascript: {
    name: 'javascript',
    // The edition of ECMAScript that cells are compiled to.
    version: '2024',
    mimetype: 'text/javascript',
    file_extension: '.js',
    codemirror_mode: { name: 'javascript' },
    pygments_lexer: 'javascript',
    nbconvert_exporter: 'script',
  },
};

export const kernelInfo: Handler<'kernel_info_request'> = (_content, { language }) => ({
  status: 'ok',
  protocol_version: JUPYTER_PROTOCOL_VERSION,
  implementation: 'heapmark',
  implementation_version: KERNEL_VERSION,
  language_info: LANGUAGES[language],
  banner: `Heapmark ${KERNEL_VERSION}: ${language === 'typescript' ? 'TypeScript' : 'JavaScript'} on Node ${process.versions.node}. %lsmagic lists the magics.`,
  debugger: false,
  help_links: [
    { text: 'TypeScript', url: 'https://www.typescriptlang.org/docs/' },
    { text: 'Node.js', url: 'https://nodejs.org/docs/latest/api/' },
  ],
  supported_features: [],
});
