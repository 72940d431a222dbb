/*
 * Memory for frames. Small frames are parts of a larger piece: a separate allocation for each would cost more than writing
 * it. Bytes that were handed out are never written again.
 */
const SIZE = 8192;
/** A frame that may be larger than this gets its own memory, so that it keeps nothing else in memory. */
const SMALL = 2048;

export class Slab {
  bytes: Uint8Array = new Uint8Array(SIZE);
  start = 0;
  private own: Uint8Array | undefined;

  /** Gives so many bytes, from `start` on. Only one piece may be in use: `take` must come before the next call. */
  room(size: number): { readonly bytes: Uint8Array; readonly start: number } {
    this.own = size > SMALL ? new Uint8Array(size) : undefined;
    if (this.own) return { bytes: this.own, start: 0 };
    if (this.start + size > SIZE) {
      this.bytes = new Uint8Array(SIZE);
      this.start = 0;
    }
    return this;
  }

  /** The bytes that were written, up to `end`. */
  take(end: number): Uint8Array {
    const { own, bytes, start } = this;
    if (own) return own.subarray(0, end);
    this.start = end;
    return bytes.subarray(start, end);
  }
}
