/** Jupyter counts a cursor in Unicode characters, JavaScript in UTF-16 units. */

/** Index in `text` of the character position; the end when there are fewer characters. */
export function unitIndex(text: string, characters: number): number {
  let index = 0;
  for (let count = 0; count < characters && index < text.length; count += 1) {
    index += (text.codePointAt(index) as number) > 0xffff ? 2 : 1;
  }
  return index;
}

/** Character position of an index in `text`. */
export function characterPosition(text: string, index: number): number {
  let count = 0;
  for (let at = 0; at < index && at < text.length; count += 1) {
    at += (text.codePointAt(at) as number) > 0xffff ? 2 : 1;
  }
  return count;
}
