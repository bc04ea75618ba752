import {
  availableArguments,
  parseBytes,
  usageLine,
  type MagicArgument,
  type MagicDeclaration,
} from '@heapmark/protocol';
import { MagicError } from '../runtime/context.js';
import { suggestion } from './nearest.js';
import { readRegexp } from './regexp.js';
import { readWord, wordStart } from './words.js';

/** What a user wrote after a magic's name, checked against its declaration. */
export interface Arguments {
  /** Whether a flag was given. */
  has(name: string): boolean;
  /** An option's or positional's text; `undefined` when absent. */
  text(name: string): string | undefined;
  number(name: string): number | undefined;
  /** Bytes; `null` for `off`. */
  bytes(name: string): number | null | undefined;
  regexp(name: string): RegExp | undefined;
  /** Words of the rest argument. */
  readonly rest: readonly string[];
  /** What is to be run, as written; empty when the magic takes none. */
  readonly code: string;
}

/**
 * Reads a magic's line by its declaration: `--opt=value`, `--opt value`, `-n 5`, `-n5`, `-qo`, quotes, `--` to end the
 * options. The last of a repeated option counts. Throws {@link MagicError}, which names the nearest right word.
 */
export function parseArguments(declared: MagicDeclaration, line: string): Arguments {
  return new Reader(declared, line).read();
}

/** A word that begins so is a comment up to the line's end: TypeScript's own, and Python's by habit. */
const COMMENT = /^(?:\/\/|#)/;

class Reader {
  private readonly values = new Map<string, string>();
  private readonly flags = new Set<string>();
  private readonly rest: string[] = [];
  private readonly options: readonly MagicArgument[];
  private readonly positionals: readonly MagicArgument[];
  private readonly restArgument: MagicArgument | undefined;
  private code = '';
  private at = 0;

  constructor(
    private readonly declared: MagicDeclaration,
    private readonly line: string,
  ) {
    this.options = declared.args.filter(({ kind }) => kind === 'flag' || kind === 'option');
    this.positionals = declared.args.filter(({ kind }) => kind === 'positional');
    this.restArgument = declared.args.find(({ kind }) => kind === 'rest');
  }

  read(): Arguments {
    const takesCode = this.restArgument?.value === 'code';
    let optionsEnded = this.options.length === 0 && takesCode;
    for (;;) {
      this.at = wordStart(this.line, this.at);
      if (this.at >= this.line.length) break;
      const mayBeOption = !optionsEnded && this.line[this.at] === '-';
      if (takesCode && !mayBeOption) {
        this.code = this.line.slice(this.at).trimEnd();
        break;
      }
      if (COMMENT.test(this.line.slice(this.at, this.at + 2))) break;
      const word = readWord(this.line, this.at);
      this.at = word.end;
      if (mayBeOption && word.text === '--') optionsEnded = true;
      else if (mayBeOption && word.text.startsWith('--')) this.longOption(word.text);
      else if (mayBeOption && word.text.length > 1) this.shortOptions(word.text);
      else this.positional(word.text);
    }
    this.requireAll();
    return this.checked();
  }

  private longOption(text: string): void {
    const equals = text.indexOf('=');
    const name = equals < 0 ? text : text.slice(0, equals);
    const argument = this.find(name);
    if (argument.kind === 'option')
      this.values.set(argument.name, equals < 0 ? this.valueAfter(argument) : text.slice(equals + 1));
    else if (equals < 0) this.flags.add(argument.name);
    else throw this.mistake(`${name} takes no value.`);
  }

  /** `-f`, `-n 5`, `-n5`, `-n=5`, `-qon5`. */
  private shortOptions(text: string): void {
    for (let index = 1; index < text.length; index++) {
      const argument = this.find(`-${text[index]}`, text);
      if (argument.kind === 'flag') {
        this.flags.add(argument.name);
        continue;
      }
      const attached = text.slice(index + 1).replace(/^=/, '');
      this.values.set(argument.name, attached === '' ? this.valueAfter(argument) : attached);
      return;
    }
  }

  private valueAfter(argument: MagicArgument): string {
    const start = wordStart(this.line, this.at);
    if (start >= this.line.length) throw this.mistake(`${argument.name} needs a value: ${argument.help}.`);
    const word = readWord(this.line, start);
    this.at = word.end;
    return word.text;
  }

  private positional(text: string): void {
    const next = this.positionals.find(({ name }) => !this.values.has(name));
    if (next !== undefined) this.values.set(next.name, text);
    else if (this.restArgument !== undefined) this.rest.push(text);
    else throw this.mistake(`%${this.declared.name} does not take "${text}".`);
  }

  private find(name: string, written = name): MagicArgument {
    const found = this.options.find((option) => option.name === name || option.alias === name);
    if (found === undefined) {
      const known = availableArguments(this.declared)
        .filter((each) => this.options.includes(each))
        .map((each) => each.name);
      throw this.mistake(`%${this.declared.name} has no option ${written}.${suggestion(name, known)}`);
    }
    if (found.available === false) {
      throw new MagicError(`%${this.declared.name} ${found.name} is not in this version of Heapmark yet.`);
    }
    return found;
  }

  private requireAll(): void {
    for (const argument of this.positionals) {
      if (argument.required === true && !this.values.has(argument.name)) this.missing(argument);
    }
    const rest = this.restArgument;
    if (rest?.required === true && this.rest.length === 0 && this.code === '') this.missing(rest);
  }

  private missing(argument: MagicArgument): never {
    throw this.mistake(`%${this.declared.name} needs ${argument.name}: ${argument.help}.`);
  }

  private mistake(problem: string, cause?: unknown): MagicError {
    return new MagicError(`${problem}\nUsage: ${usageLine(this.declared)}`, { cause });
  }

  private checked(): Arguments {
    const numbers = new Map<string, number>();
    const sizes = new Map<string, number | null>();
    const patterns = new Map<string, RegExp>();
    for (const argument of [...this.options, ...this.positionals]) {
      const text = this.values.get(argument.name);
      if (text === undefined) continue;
      if (argument.value === 'number' || argument.value === 'integer')
        numbers.set(argument.name, this.readNumber(argument, text));
      else if (argument.value === 'bytes') sizes.set(argument.name, this.readSize(argument, text));
      else if (argument.value === 'regexp') patterns.set(argument.name, this.readPattern(argument, text));
      else if (typeof argument.value === 'object')
        this.values.set(argument.name, this.readChoice(argument, argument.value.oneOf, text));
    }
    const { values, flags, rest, code } = this;
    return {
      has: (name) => flags.has(name),
      text: (name) => values.get(name),
      number: (name) => numbers.get(name),
      bytes: (name) => sizes.get(name),
      regexp: (name) => patterns.get(name),
      rest,
      code,
    };
  }

  private readNumber(argument: MagicArgument, text: string): number {
    const whole = argument.value === 'integer';
    if (!(whole ? /^\d+$/ : /^\d+(?:\.\d+)?$|^\.\d+$/).test(text)) {
      throw this.mistake(`${argument.name} takes ${whole ? 'a whole number' : 'a number'}, 0 or more, not "${text}".`);
    }
    const value = Number(text);
    if (!Number.isSafeInteger(Math.ceil(value))) throw this.mistake(`${argument.name} ${text} is too large.`);
    return value;
  }

  private readSize(argument: MagicArgument, text: string): number | null {
    if (text.toLowerCase() === 'off') return null;
    const size = parseBytes(text);
    if (size === null) throw this.mistake(`${argument.name} takes a size such as 512M or 2G, or off, not "${text}".`);
    return size;
  }

  private readPattern(argument: MagicArgument, text: string): RegExp {
    try {
      return readRegexp(text);
    } catch (cause) {
      throw this.mistake(
        `${argument.name} is no regular expression: ${cause instanceof Error ? cause.message : text}.`,
        cause,
      );
    }
  }

  private readChoice(argument: MagicArgument, choices: readonly string[], text: string): string {
    const chosen = choices.find((choice) => choice === text) ?? choices.find((choice) => choice === text.toLowerCase());
    if (chosen !== undefined) return chosen;
    const taker = argument.kind === 'positional' ? `%${this.declared.name}` : argument.name;
    throw this.mistake(`${taker} takes ${choices.join(', ')}, not "${text}".${suggestion(text, choices)}`);
  }
}
