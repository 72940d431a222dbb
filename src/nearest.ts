/* For error messages: the word that was probably meant. */

/** `; did you mean 'realms'?`, or nothing where no word is near. */
export function nearest(got: string, words: readonly string[]): string {
  const [best] = words
    .map((word) => ({ word, edits: edits(got.toLowerCase().slice(0, 64), word.toLowerCase()) }))
    .filter(({ word, edits }) => edits <= Math.max(1, Math.floor(word.length / 4)))
    .sort((a, b) => a.edits - b.edits);
  return best ? `; did you mean '${best.word}'?` : '';
}

/** Levenshtein's distance. */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const [above = 0, left = 0, corner = 0] = [row[j], next[j - 1], row[j - 1]];
      next.push(Math.min(above + 1, left + 1, corner + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
