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

/** Edits from what was typed to a candidate: wrong case counts a quarter, and what is only unfinished is near. */
function distanceTo(candidate: string, word: string): number {
  if (candidate.startsWith(word)) return 0.5 + (candidate.length - word.length) / 100;
  const folded = editDistance(word.toLowerCase(), candidate.toLowerCase());
  return 0.75 * folded + 0.25 * editDistance(word, candidate);
}

/** The candidate that a mistyped word most likely stood for, `null` when none is near: one edit in three characters. */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  if (word === '' || word.length > LONGEST_COMPARED) return null;
  let best: string | null = null;
  let least = Math.max(1, Math.floor(word.length / 3)) + 0.5;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > least && !candidate.startsWith(word)) continue;
    const distance = distanceTo(candidate, word);
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
