/* Converts IEEE 754 numbers to big-endian bytes and back. */
import { byteAt } from './byte-at.ts';

/** Memory for one number at a time. */
export class FloatBytes {
  private readonly bytes: Uint8Array = new Uint8Array(8);
  private readonly view = new DataView(this.bytes.buffer);

  writeDouble(value: number, target: Uint8Array, at: number): void {
    this.view.setFloat64(0, value);
    for (let i = 0; i < 8; i++) target[at + i] = byteAt(this.bytes, i);
  }

  readDouble(bytes: Uint8Array, at: number): number {
    for (let i = 0; i < 8; i++) this.bytes[i] = byteAt(bytes, at + i);
    return this.view.getFloat64(0);
  }

  readSingle(bytes: Uint8Array, at: number): number {
    for (let i = 0; i < 4; i++) this.bytes[i] = byteAt(bytes, at + i);
    return this.view.getFloat32(0);
  }
}

/** A number of half precision, RFC 8949 appendix D. */
export function halfOf(bits: number): number {
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  const value =
    exponent === 0
      ? fraction * 2 ** -24
      : exponent < 31
        ? ((fraction + 1024) * (1 << exponent)) / 2 ** 25
        : fraction === 0
          ? Number.POSITIVE_INFINITY
          : Number.NaN;
  return bits & 0x8000 ? -value : value;
}
