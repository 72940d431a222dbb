/*
 * For each level around the current one: what a scan of MessagePack or CBOR has still to see. It is a count, or one of three
 * marks below zero. A level costs one byte, or five if the count is large. The head that opened the level took as many bytes,
 * so nested values cannot fill the memory.
 */
import { byteAt } from '../../bytes/byte-at.ts';

const SIZE = 64;
/** A larger stack is not kept for the next scan. */
const KEPT = 4096;
/**
 * Bytes from here on are not a count. This one means that the four bytes below it are the count; the last three are the
 * marks.
 */
const LARGE = 0xf8;

export class Nesting {
  private bytes: Uint8Array = new Uint8Array(SIZE);
  private top = 0;

  /** @param left - From -3 to 2^31 - 1. */
  push(left: number): void {
    if (this.top + 5 > this.bytes.length) this.grow();
    const { bytes } = this;
    if (left >= LARGE) {
      bytes[this.top++] = left >>> 24;
      bytes[this.top++] = left >>> 16;
      bytes[this.top++] = left >>> 8;
      bytes[this.top++] = left;
    }
    bytes[this.top++] = left < LARGE ? left & 0xff : LARGE;
  }

  pop(): number {
    const { bytes } = this;
    const byte = byteAt(bytes, --this.top);
    if (byte < LARGE) return byte;
    if (byte > LARGE) return byte - 0x100;
    this.top -= 4;
    let left = 0;
    for (let i = this.top; i < this.top + 4; i++) left = left * 256 + byteAt(bytes, i);
    return left;
  }

  /** Is called after a scan, even if it failed. */
  clear(): void {
    this.top = 0;
    if (this.bytes.length > KEPT) this.bytes = new Uint8Array(SIZE);
  }

  private grow(): void {
    const more = new Uint8Array(this.bytes.length * 2);
    more.set(this.bytes);
    this.bytes = more;
  }
}
