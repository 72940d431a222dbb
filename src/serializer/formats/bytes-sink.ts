/* Bytes that are written one after the other, as MessagePack and CBOR are, and not more of them than there may be. */
import { SerializationError } from '../../errors.ts';
import type { FloatBytes } from '../float-bytes.ts';
import type { Utf8 } from '../utf8.ts';

export class BytesSink {
  private bytes: Uint8Array = new Uint8Array(256);
  private at = 0;
  private readonly utf8: Utf8;
  private readonly floats: FloatBytes;
  private readonly maxBytes: number;
  private readonly format: string;

  constructor(utf8: Utf8, floats: FloatBytes, maxBytes: number, format: string) {
    this.utf8 = utf8;
    this.floats = floats;
    this.maxBytes = maxBytes;
    this.format = format;
  }

  /** Unsigned, big-endian, of 1, 2, 4 or 8 bytes. */
  uint(value: number | bigint, size: number): void {
    this.room(size);
    if (typeof value === 'bigint') {
      let rest = value;
      for (let i = this.at + size - 1; i >= this.at; i--) {
        this.bytes[i] = Number(rest & 0xffn);
        rest >>= 8n;
      }
    } else {
      // Up to 2^53, which is more than the operators on bits hold.
      let rest = value;
      for (let i = this.at + size - 1; i >= this.at; i--) {
        this.bytes[i] = rest % 256;
        rest = Math.floor(rest / 256);
      }
    }
    this.at += size;
  }

  byte(value: number): void {
    this.room(1);
    this.bytes[this.at++] = value;
  }

  put(bytes: Uint8Array): void {
    this.room(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  double(value: number): void {
    this.room(8);
    this.floats.writeDouble(value, this.bytes, this.at);
    this.at += 8;
  }

  /** Text behind its head, which says how many bytes it takes. */
  text(text: string, head: (length: number) => void): void {
    const bytes = new Uint8Array(text.length * 3);
    const length = this.utf8.write(text, bytes, 0);
    head(length);
    this.put(bytes.subarray(0, length));
  }

  get written(): Uint8Array {
    return this.bytes.slice(0, this.at);
  }

  private room(size: number): void {
    const needed = this.at + size;
    if (needed > this.maxBytes)
      throw new SerializationError(`expected a payload of at most ${this.maxBytes} bytes as ${this.format}, got more`);
    if (needed <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    larger.set(this.bytes);
    this.bytes = larger;
  }
}
