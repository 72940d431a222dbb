/*
 * Several messages in one buffer, made once for all sockets that get the same messages: an event goes to many, and a buffer for each of them, with a head of
 * its own, costs more than the rest of an event.
 */
import type { Frame } from '../../transport/transport.ts';

/** What comes before each message. */
export interface Head {
  bytes(length: number): number;
  /** @returns Where the message begins. */
  write(buffer: Buffer, at: number, length: number): number;
}

export class JoinedFrames {
  readonly head: Head;
  private readonly known = new WeakMap<readonly Frame[], Buffer>();

  constructor(head: Head) {
    this.head = head;
  }

  /**
   * @param list - Text is UTF-8. The same list gives the same buffer again, so it must not change.
   * @returns Undefined if it holds strings.
   */
  of(list: readonly Frame[]): Buffer | undefined {
    const known = this.known.get(list);
    if (known) return known;
    if (!list.every(isBytes)) return undefined;
    const buffer = this.join(list);
    this.known.set(list, buffer);
    return buffer;
  }

  /** The same, and nothing is kept. */
  join(list: readonly Uint8Array[]): Buffer {
    const { head } = this;
    let size = 0;
    for (const { length } of list) size += head.bytes(length) + length;
    const buffer = Buffer.allocUnsafe(size);
    let at = 0;
    for (const frame of list) {
      at = head.write(buffer, at, frame.length);
      buffer.set(frame, at);
      at += frame.length;
    }
    return buffer;
  }
}

function isBytes(frame: Frame): frame is Uint8Array {
  return typeof frame !== 'string';
}
