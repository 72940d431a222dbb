/*
 * RFC 6455: several messages as the frames of a server, in one buffer, made once for all sockets that get the same messages. `ws` would make a head for each
 * message and each socket, and a write of two parts.
 */
import type { Frame } from '../../transport/transport.ts';

/** RFC 6455, 5.2: the last frame of a message. */
const FINAL = 0x80;
const TEXT = 1;
const BINARY = 2;

const known = new WeakMap<readonly Frame[], Buffer>();

/**
 * @param list - Text is UTF-8. The same list gives the same buffer again, so it must not change.
 * @returns Undefined if it holds strings.
 */
export function joinedFrames(list: readonly Frame[], isBinary: boolean): Buffer | undefined {
  const buffer = known.get(list) ?? join(list, isBinary);
  if (buffer) known.set(list, buffer);
  return buffer;
}

function join(list: readonly Frame[], isBinary: boolean): Buffer | undefined {
  let size = 0;
  for (const { length } of list) size += headBytes(length) + length;
  const buffer = Buffer.allocUnsafe(size);
  let at = 0;
  for (const frame of list) {
    if (typeof frame === 'string') return undefined;
    at = writeHead(buffer, at, frame.length, isBinary);
    buffer.set(frame, at);
    at += frame.length;
  }
  return buffer;
}

function headBytes(length: number): number {
  if (length < 126) return 2;
  return length < 65_536 ? 4 : 10;
}

/** @returns Where the payload begins. */
function writeHead(buffer: Buffer, at: number, length: number, isBinary: boolean): number {
  buffer[at] = FINAL | (isBinary ? BINARY : TEXT);
  if (length < 126) return buffer.writeUInt8(length, at + 1);
  if (length < 65_536) {
    buffer[at + 1] = 126;
    return buffer.writeUInt16BE(length, at + 2);
  }
  buffer[at + 1] = 127;
  return buffer.writeUIntBE(length, buffer.writeUInt16BE(0, at + 2), 6);
}
