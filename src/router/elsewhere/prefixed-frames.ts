/* For engines: frames in a stream of bytes, four bytes of length before each. */

/** The length of a frame comes first, in so many bytes. */
export const FRAME_PREFIX = 4;

export class PrefixedFrames {
  /** What has come of a frame that is not whole. */
  private parts: Uint8Array[] = [];
  private partBytes = 0;

  /** @param take - Gets each frame that is whole now. Its bytes are valid during the call. */
  push(chunk: Uint8Array, take: (frame: Uint8Array) => void): void {
    this.parts.push(chunk);
    this.partBytes += chunk.length;
    let first = this.parts[0] ?? chunk;
    if (first.length < FRAME_PREFIX) first = this.joined();
    // A long frame comes in many chunks: they are joined once, when all of it is there.
    if (this.partBytes < FRAME_PREFIX || this.partBytes < FRAME_PREFIX + lengthAt(first, 0)) return;
    const bytes = this.joined();
    let at = 0;
    try {
      while (bytes.length - at >= FRAME_PREFIX) {
        const begin = at + FRAME_PREFIX;
        const end = begin + lengthAt(bytes, at);
        if (bytes.length < end) break;
        at = end;
        take(bytes.subarray(begin, end));
      }
    } finally {
      // Also if a frame was not taken: none comes twice.
      this.parts = at < bytes.length ? [bytes.subarray(at)] : [];
      this.partBytes = bytes.length - at;
    }
  }

  private joined(): Uint8Array {
    const [only, ...more] = this.parts;
    if (only && more.length === 0) return only;
    const bytes = new Uint8Array(this.partBytes);
    let at = 0;
    for (const part of this.parts) {
      bytes.set(part, at);
      at += part.length;
    }
    this.parts = [bytes];
    return bytes;
  }
}

function lengthAt(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset + at, FRAME_PREFIX).getUint32(0);
}

/** The length of a frame, as it comes before it. */
export function framePrefix(frame: Uint8Array): Uint8Array {
  const { length } = frame;
  return Uint8Array.of(length >>> 24, length >>> 16, length >>> 8, length);
}
