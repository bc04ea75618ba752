/**
 * How V8 keeps a text: flat, joined of two others (a concatenation), or a slice that refers to a larger one, with one or
 * two bytes a character. All texts of a form have one hidden class, so a text is compared with one of each form whose
 * making is known. https://github.com/v8/v8/blob/main/src/objects/string.h
 */
export type TextForm = 'flat' | 'joined' | 'slice';

/** What is known of a text; `width` is bytes a character. */
export interface TextKind {
  readonly form: TextForm;
  readonly width: 1 | 2;
}

const narrow = (): string => Buffer.alloc(40, 'abcdefg').toString('latin1');
const wide = (): string => Buffer.alloc(80, '\u4e00\u4e8c\u4e09', 'utf16le').toString('utf16le');

interface Example extends TextKind {
  readonly text: string;
}

/** The commonest first. Made at load, before user code can change how texts are made. */
const examples = (): Example[] => [
  { form: 'flat', width: 1, text: narrow() },
  { form: 'flat', width: 1, text: 'a text that stands in the code' },
  { form: 'joined', width: 1, text: narrow() + narrow() },
  { form: 'slice', width: 1, text: narrow().slice(3, 30) },
  { form: 'flat', width: 2, text: wide() },
  { form: 'joined', width: 2, text: wide() + narrow() },
  { form: 'flat', width: 2, text: '\u4e00 text with wide characters that stands in the code' },
  { form: 'slice', width: 2, text: wide().slice(3, 30) },
];
const made = examples();
const controls = examples();

type SameHiddenClass = (a: unknown, b: unknown) => boolean;

/**
 * Gives the form of a text, without looking at its characters; `null` for other forms (external, or on its way from one
 * to another) and where this V8 tells the examples apart in no sensible way.
 */
export function textForms(same: SameHiddenClass): (text: string) => TextKind | null {
  const kindOf = (text: string): TextKind | null => {
    for (let i = 0; i < made.length; i++) {
      const example = made[i] as Example;
      if (same(example.text, text)) return example;
    }
    return null;
  };
  for (let i = 0; i < controls.length; i++) {
    const { text, form, width } = controls[i] as Example;
    const found = kindOf(text);
    if (found?.form !== form || found.width !== width) return () => null;
  }
  return kindOf;
}
