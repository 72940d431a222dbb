/* For error messages: the word that was probably meant. */

/** `; did you mean 'realms'?`, or nothing where no word is near. */
export function nearest(got: string, words: readonly string[]): string {
  const [best] = words
    .map((word) => ({ word, edits: edits(got.toLowerCase().slice(0, 64), word.toLowerCase()) }))
    .filter(({ word, edits }) => edits <= Math.max(1, Math.floor(word.length / 4)))
    .sort((a, b) => a.edits - b.edits);
  return best ? `; did you mean '${best.word}'?` : '';
}

/** Levenshtein's distance, where two letters in the wrong order are one edit. */
function edits(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const [above = 0, left = 0, corner = 0] = [row[j], next[j - 1], row[j - 1]];
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (before[j - 2] ?? 0) : above;
      next.push(1 + Math.min(above, left, swapped, corner - (a[i - 1] === b[j - 1] ? 1 : 0)));
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}
