/* Converts IEEE 754 numbers to big-endian bytes and back, with typed arrays. It works with either byte order of the machine. */

/** Memory for one number at a time. */
export class FloatBytes {
  private readonly double = new Float64Array(1);
  private readonly single = new Float32Array(1);
  private readonly doubleBytes: Uint8Array = new Uint8Array(this.double.buffer);
  private readonly singleBytes: Uint8Array = new Uint8Array(this.single.buffer);
  private readonly isLittleEndian: boolean;

  constructor() {
    this.double[0] = 1; // 1.0 is 3f f0 00… in big-endian order
    this.isLittleEndian = this.doubleBytes[0] === 0;
  }

  writeDouble(value: number, target: Uint8Array, at: number): void {
    this.double[0] = value;
    const flip = this.isLittleEndian ? 7 : 0;
    for (let i = 0; i < 8; i++) target[at + i] = this.doubleBytes[i ^ flip] as number;
  }

  readDouble(bytes: Uint8Array, at: number): number {
    const flip = this.isLittleEndian ? 7 : 0;
    for (let i = 0; i < 8; i++) this.doubleBytes[i ^ flip] = bytes[at + i] as number;
    return this.double[0] as number;
  }

  readSingle(bytes: Uint8Array, at: number): number {
    const flip = this.isLittleEndian ? 3 : 0;
    for (let i = 0; i < 4; i++) this.singleBytes[i ^ flip] = bytes[at + i] as number;
    return this.single[0] as number;
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
