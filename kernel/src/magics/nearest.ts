/** "Did you mean …?": the nearest right word by edit distance. */

/** Single edits (insert, delete, replace, swap of neighbours) from one word to another; optimal string alignment. */
export function editDistance(from: string, to: string): number {
  const a = [...from];
  const b = [...to];
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_unused, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      row.push(least);
    }
    before = above;
    above = row;
  }
  return above[b.length] ?? 0;
}

const LONGEST_COMPARED = 60;

/**
 * The candidate that a mistyped word most likely stood for, `null` when none is near: at most one edit in three
 * characters, case counted as half, or a word that begins with what was typed.
 */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  if (word === '' || word.length > LONGEST_COMPARED) return null;
  let best: string | null = null;
  let least = Math.max(1, Math.floor(word.length / 3)) + 0.5;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > least && !candidate.startsWith(word)) continue;
    const folded = editDistance(word.toLowerCase(), candidate.toLowerCase());
    const distance = candidate.startsWith(word) ? Math.min(folded, 1) : (folded + editDistance(word, candidate)) / 2;
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

/** ` Did you mean x?`, or nothing. */
export function suggestion(word: string, candidates: Iterable<string>, mark = ''): string {
  const near = nearest(word, candidates);
  return near === null ? '' : ` Did you mean ${mark}${near}?`;
}
