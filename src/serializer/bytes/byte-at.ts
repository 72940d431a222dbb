/*
 * Reads one element of a typed array, at a place that is inside of it. The caller knows that, and TypeScript cannot know it.
 * A build writes `bytes[at]` instead of the call (rollup.config.mjs).
 */

export function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] as number;
}

export function int32At(integers: Int32Array, at: number): number {
  return integers[at] as number;
}
