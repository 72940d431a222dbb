/*
 * WAMP "Batched WebSocket Transport": several messages in one frame. Long-poll uses the same format. Text: U+001E follows
 * each message. Bytes: the length precedes each message, 32 bits, big-endian. These functions are pure: they turn messages
 * into a batch, and a batch into messages.
 */
import { ProtocolError, TransportError } from '../base/errors.ts';
import { byteLength } from './frame-length.ts';
import type { Frame } from './transport.ts';

/**
 * The character after each message of text. The specification says U+001E. autobahn-python and Crossbar.io write U+0018,
 * because they took the hexadecimal number for an octal one, and understand nothing else. Neither character can be in JSON
 * unescaped, so both are accepted.
 */
export type Separator = '\x1e' | '\x18';

const TWO_32 = 2 ** 32;

/** Joins one or more messages. All of them are text, or all are bytes. */
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
    if (typeof frame !== 'string') batch.set(frame, at + 4);
    at += 4 + length;
  }
  return batch;
}

/**
 * The most messages that a batch from the other side may have. Each message costs the receiver more than its bytes, and a
 * batch of very short messages would fill the memory. No known peer sends as many; we send 16.
 */
export const MAX_MESSAGES = 4096;

/**
 * Splits a batch. If any part of it is wrong, it gives no message at all.
 *
 * @param limit - The most bytes that one message may have.
 * @param most - The most messages that there may be.
 * @throws {@link ProtocolError} if the batch or a message is empty, or the batch is cut off.
 * @throws {@link TransportError} `wamp.error.payload_size_exceeded` if a message is longer than the limit, or there are too
 * many.
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

/** The character that ends this batch of text, if it is a separator. */
export function separatorOf(batch: string): Separator | undefined {
  const last = batch[batch.length - 1];
  return last === '\x1e' || last === '\x18' ? last : undefined;
}

/** Gives one part more than allowed if there are too many, so that the caller notices. */
function splitText(batch: string, most: number): string[] {
  const separator = separatorOf(batch);
  if (separator === undefined) throw new ProtocolError('expected a separator (U+001E) at the end of a batch, got none');
  return batch.slice(0, -1).split(separator, Math.min(most + 1, TWO_32 - 1));
}

/** As `splitText`, for bytes. */
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

/** Counts the UTF-8 bytes of a text only if its number of characters does not decide. */
function isWithin(frame: Frame, limit: number): boolean {
  if (typeof frame !== 'string' || frame.length > limit) return frame.length <= limit;
  return frame.length * 3 <= limit || byteLength(frame) <= limit;
}
