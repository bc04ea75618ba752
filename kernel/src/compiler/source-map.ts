/** Source maps, version 3 (https://tc39.es/ecma426/). */

interface RawMap {
  mappings: string;
}

export interface EmittedCode {
  js: string;
  mappings: string;
}

/** Splits emitted code from the comment that names its map. */
export function emittedCode(js: string, map: string): EmittedCode {
  return {
    js: js.replace(/\n?\/\/# sourceMappingURL=[^\n]*\s*$/, '\n'),
    mappings: (JSON.parse(map) as RawMap).mappings,
  };
}

/** The map of generated code to one source. */
export function sourceMap(mappings: string, name: string, content: string): string {
  return JSON.stringify({ version: 3, sources: [name], sourcesContent: [content], names: [], mappings });
}
