/* Writes messages around payloads that are bytes already, in one go: each piece that is made apart would cost more than what is in it. */
import { CborWriter } from '../cbor-writer.ts';
import { MsgpackWriter } from '../msgpack-writer.ts';

/** Stands in a list for an element that is written already. */
export class Written {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** Up to here a loop copies more quickly than the platform does. */
const SHORT = 48;

/** Puts bytes into others, and gives where they end there. */
export function append(target: Uint8Array, at: number, bytes: Uint8Array): number {
  const { length } = bytes;
  if (length > SHORT) target.set(bytes, at);
  else for (let i = 0; i < length; i++) target[at + i] = bytes[i] as number;
  return at + length;
}

export class MsgpackFrameWriter extends MsgpackWriter {
  protected override value(value: unknown, depth: number): void {
    if (!(value instanceof Written)) return super.value(value, depth);
    this.reserve(value.bytes.length);
    this.at = append(this.slab, this.at, value.bytes);
  }
}

export class CborFrameWriter extends CborWriter {
  protected override value(value: unknown, depth: number): void {
    if (!(value instanceof Written)) return super.value(value, depth);
    this.reserve(value.bytes.length);
    this.at = append(this.slab, this.at, value.bytes);
  }
}
