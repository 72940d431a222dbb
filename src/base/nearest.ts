/* For error messages: finds the word that was probably meant. */

/** `; did you mean 'realms'?`, or an empty text if no word is similar. */
export function nearest(got: string, words: readonly string[]): string {
  const given = got.toLowerCase().slice(0, 64);
  for (let edits = 0; edits < 9; edits++) {
    const word = words.find((word) => edits <= Math.max(1, word.length / 4) && isNear(given, word.toLowerCase(), edits));
    if (word !== undefined) return `; did you mean '${word}'?`;
  }
  return '';
}

/**
 * Whether at most so many edits turn one word into the other. An edit adds, removes or replaces a letter, or swaps two
 * neighbours.
 */
function isNear(a: string, b: string, edits: number): boolean {
  if (a === b) return true;
  if (edits < Math.max(1, Math.abs(a.length - b.length))) return false;
  let i = 0;
  while (a[i] === b[i]) i++;
  const rest = (inA: number, inB: number): boolean => isNear(a.slice(i + inA), b.slice(i + inB), edits - 1);
  return rest(1, 1) || rest(1, 0) || rest(0, 1) || (a[i] === b[i + 1] && a[i + 1] === b[i] && rest(2, 2));
}
