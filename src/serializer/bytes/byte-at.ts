/*
 * Reads one element of a typed array, at a place that is inside of it, as the caller knows. TypeScript cannot know that. One
 * read outside, or of another kind of array, makes all reads slower.
 */

export function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] as number;
}

export function int32At(integers: Int32Array, at: number): number {
  return integers[at] as number;
}
