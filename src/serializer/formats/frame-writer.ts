/*
 * Writes messages around payloads that are bytes already, in one go: to write the pieces separately would cost more than
 * their contents.
 */
import { byteAt } from '../bytes/byte-at.ts';
import { CborWriter } from '../codecs/cbor-writer.ts';
import { MsgpackWriter } from '../codecs/msgpack-writer.ts';

/** Represents an element of a list that is encoded already. */
export class Written {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** Up to this length a loop copies more quickly than the platform. */
const SHORT = 48;

/** Copies bytes, and gives the place where they end. */
export function append(target: Uint8Array, at: number, bytes: Uint8Array): number {
  const { length } = bytes;
  if (length > SHORT) target.set(bytes, at);
  else for (let i = 0; i < length; i++) target[at + i] = byteAt(bytes, i);
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
