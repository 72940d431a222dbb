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

/** How many letters differ if one was probably meant for the other: one of every four, two at most. Undefined: they are the same, or differ more. */
export function difference(a: string, b: string): number | undefined {
  const [one, other] = [a.toLowerCase(), b.toLowerCase()];
  const most = Math.min(2, Math.max(1, Math.floor(other.length / 4)));
  if (one === other || Math.abs(one.length - other.length) > most) return undefined;
  const end = Math.min(one.length, other.length);
  let head = 0;
  while (head < end && one[head] === other[head]) head++;
  let tail = 0;
  while (tail < end - head && one[one.length - 1 - tail] === other[other.length - 1 - tail]) tail++;
  // What is equal at both ends decides nothing, except for a letter that was swapped with its neighbour.
  const [from, to] = [Math.max(0, head - 1), Math.max(0, tail - 1)];
  const [x, y] = [one.slice(from, one.length - to), other.slice(from, other.length - to)];
  for (let edits = 1; edits <= most; edits++) if (isNear(x, y, edits)) return edits;
  return undefined;
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
