/*
 * WAMP "Batched WebSocket Transport": several messages in one frame, as long-poll has them too. Text: each message is followed by U+001E.
 * Bytes: each is preceded by its length, 32 bits, big-endian. Pure: from messages to a batch and back.
 */
import { ProtocolError, TransportError } from '../base/errors.ts';
import { byteLength } from './frame-length.ts';
import type { Frame } from './transport.ts';

/**
 * What stands behind a message of text. The specification has U+001E; autobahn-python and Crossbar.io write U+0018, by a slip of octal and
 * hexadecimal, and know nothing else. Neither can stand in JSON unescaped, so both are understood.
 */
export type Separator = '\x1e' | '\x18';

const TWO_32 = 2 ** 32;

/** Of at least one message. All are of one kind, text or bytes. */
export function joinBatch(frames: readonly Frame[], separator: Separator): Frame {
  if (typeof frames[0] === 'string') return frames.join(separator) + separator;
  let size = 0;
  for (const frame of frames) size += 4 + frame.length;
  const batch = new Uint8Array(size);
  let at = 0;
  for (const frame of frames) {
    const { length } = frame;
    batch[at] = length >>> 24;
    batch[at + 1] = length >>> 16;
    batch[at + 2] = length >>> 8;
    batch[at + 3] = length;
    batch.set(frame as Uint8Array, at + 4);
    at += 4 + length;
  }
  return batch;
}

/**
 * A batch of others may have so many messages: each costs its receiver more than its bytes, and a batch of the smallest would fill the memory.
 * Nobody sends as many; we send 16.
 */
export const MAX_MESSAGES = 4096;

/**
 * All or nothing: a batch that is wrong anywhere brings no message at all.
 *
 * @param limit - The most bytes that one message may have.
 * @param most - How many messages there may be.
 * @throws {@link ProtocolError} for an empty batch, an empty message, and one that is cut off.
 * @throws {@link TransportError} `wamp.error.payload_size_exceeded` for a message above the limit, and for too many of them.
 */
export function splitBatch(batch: Frame, limit: number = Number.POSITIVE_INFINITY, most: number = TWO_32): Frame[] {
  if (batch.length === 0) throw new ProtocolError('expected a batch of messages, got an empty one');
  const frames = typeof batch === 'string' ? splitText(batch, most) : splitBytes(batch, most);
  if (frames.length > most) {
    throw new TransportError(`expected at most ${most} messages in a batch, got more`, { uri: 'wamp.error.payload_size_exceeded' });
  }
  for (const frame of frames) {
    if (frame.length === 0) throw new ProtocolError('expected messages in a batch, got an empty one');
    checkSize(frame, limit);
  }
  return frames;
}

/** @throws {@link TransportError} `wamp.error.payload_size_exceeded`. */
export function checkSize(frame: Frame, limit: number): void {
  if (isWithin(frame, limit)) return;
  throw new TransportError(`expected messages of at most ${limit} bytes, got a larger one`, {
    uri: 'wamp.error.payload_size_exceeded',
  });
}

/** The one that this batch of text ends with. */
export function separatorOf(batch: string): Separator | undefined {
  const last = batch[batch.length - 1];
  return last === '\x1e' || last === '\x18' ? last : undefined;
}

/** One more than there may be at most, so that it shows. */
function splitText(batch: string, most: number): string[] {
  const separator = separatorOf(batch);
  if (separator === undefined) throw new ProtocolError('expected a separator (U+001E) at the end of a batch, got none');
  return batch.slice(0, -1).split(separator, Math.min(most + 1, TWO_32 - 1));
}

/** The same. */
function splitBytes(batch: Uint8Array, most: number): Uint8Array[] {
  const messages: Uint8Array[] = [];
  const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
  let at = 0;
  while (at < batch.length && messages.length <= most) {
    const left = batch.length - at - 4;
    if (left < 0) throw new ProtocolError('expected the length of a message in a batch, got less than 4 bytes');
    const length = view.getUint32(at);
    if (length > left) throw new ProtocolError(`expected a message of ${length} bytes in a batch, got ${left}`);
    messages.push(batch.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return messages;
}

/** Text is counted as the UTF-8 that it was, where its length alone does not decide. */
function isWithin(frame: Frame, limit: number): boolean {
  if (typeof frame !== 'string' || frame.length > limit) return frame.length <= limit;
  return frame.length * 3 <= limit || byteLength(frame) <= limit;
}
