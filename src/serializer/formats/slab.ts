/*
 * Room for frames: small ones are cut from a larger piece, since an allocation for each would cost more than writing it. What was handed
 * out is never written again.
 */
const SIZE = 8192;
/** A frame that may be larger than this gets a piece of its own, which nothing else keeps alive. */
const SMALL = 2048;

export class Slab {
  bytes: Uint8Array = new Uint8Array(SIZE);
  start = 0;
  private own: Uint8Array | undefined;

  /** So many bytes, from `start` on. One at a time: `take` comes before the next. */
  room(size: number): { readonly bytes: Uint8Array; readonly start: number } {
    this.own = size > SMALL ? new Uint8Array(size) : undefined;
    if (this.own) return { bytes: this.own, start: 0 };
    if (this.start + size > SIZE) {
      this.bytes = new Uint8Array(SIZE);
      this.start = 0;
    }
    return this;
  }

  /** What was written, up to `end`. */
  take(end: number): Uint8Array {
    const { own, bytes, start } = this;
    if (own) return own.subarray(0, end);
    this.start = end;
    return bytes.subarray(start, end);
  }
}
