/*
 * What a connection of the router still has to send. Messages of one tick become one buffer. While the other side does not read, messages are copied into a few
 * large blocks: a socket keeps each write with some hundred bytes of its own, so many small messages would take far more memory than they count, and
 * a socket that is destroyed makes an error for each write that waits.
 */
import type { Duplex } from 'node:stream';
import { defer } from '../../transport/platform/tick.ts';
import type { Frame } from '../../transport/transport.ts';
import type { Head, JoinedFrames } from './joined-frames.ts';

/** Messages of one tick are written together up to this size, so that the other side begins to work while we still do. */
const MAX_HELD_BYTES = 1024;
/** From this size on a message is passed on as it is; copying a shorter one costs less than another write. */
const LARGE = 16_384;
/** The first block of a connection that does not read; each further one is twice as long, up to the last value. */
const FIRST_BLOCK = 4096;
const LAST_BLOCK = 65_536;

export class OutBuffer {
  private readonly socket: Duplex;
  private readonly frames: JoinedFrames;
  private readonly head: Head;
  /** Messages of this tick. */
  private held: Uint8Array[] = [];
  private heldBytes = 0;
  /** Whole messages that wait until the socket has room; the parts of a piece are written together. Only the last block has room. */
  private pieces: (readonly Uint8Array[])[] = [];
  private pieceBytes = 0;
  /** The last piece, if more may be copied into it. */
  private block: Uint8Array | undefined;
  private used = 0;

  constructor(socket: Duplex, frames: JoinedFrames) {
    this.socket = socket;
    this.frames = frames;
    this.head = frames.head;
  }

  /** That wait here, and not in the socket. */
  get bytes(): number {
    return this.heldBytes + this.pieceBytes;
  }

  /** At the end of this tick at the latest. */
  add(frame: Frame): void {
    const bytes = typeof frame === 'string' ? Buffer.from(frame) : frame;
    if (bytes.length >= LARGE) this.flush(); // it is not copied together with others
    if (this.held.length === 0) defer(this.flush);
    this.held.push(bytes);
    this.heldBytes += bytes.length;
    if (this.heldBytes >= MAX_HELD_BYTES) this.flush();
  }

  /** Now. The same list may go to many connections. */
  addAll(list: readonly Frame[]): void {
    this.flush();
    const joined = this.frames.of(list);
    if (joined) this.write(joined);
    else for (const frame of list) this.add(frame);
  }

  /** Gives everything to the socket: it closes after that. */
  finish(): void {
    this.flush();
    this.seal();
    for (const piece of this.pieces.splice(0)) this.give(piece);
    this.pieceBytes = 0;
  }

  /** Writes what this tick has so far. */
  readonly flush = (): void => {
    const { held } = this;
    if (held.length === 0) return;
    this.held = [];
    this.heldBytes = 0;
    const [first] = held;
    if (held.length > 1 || !first || first.length < LARGE) return this.write(this.frames.join(held));
    const head = Buffer.allocUnsafe(this.head.bytes(first.length));
    this.head.write(head, 0, first.length);
    this.write(head, first);
  };

  /** @param parts - One or more whole messages. */
  private write(...parts: readonly Uint8Array[]): void {
    const { socket } = this;
    if (socket.destroyed) return;
    if (this.pieces.length > 0) return this.keep(parts);
    if (!socket.writableNeedDrain) return this.give(parts);
    this.keep(parts);
    socket.once('drain', this.drained);
  }

  private keep(parts: readonly Uint8Array[]): void {
    const size = bytesOf(parts);
    this.pieceBytes += size;
    if (size >= LARGE) {
      this.seal();
      this.pieces.push(parts);
      return;
    }
    if (!this.block || this.used + size > this.block.length) {
      const length = Math.min(Math.max(FIRST_BLOCK, size, 2 * (this.block?.length ?? 0)), LAST_BLOCK);
      this.seal();
      this.block = Buffer.allocUnsafeSlow(length);
      this.pieces.push([this.block]);
    }
    for (const part of parts) {
      this.block.set(part, this.used);
      this.used += part.length;
    }
  }

  /** Nothing more is copied into the last piece. */
  private seal(): void {
    if (this.block) this.pieces[this.pieces.length - 1] = [this.block.subarray(0, this.used)];
    this.block = undefined;
    this.used = 0;
  }

  private readonly drained = (): void => {
    this.seal();
    let given = 0;
    for (const piece of this.pieces) {
      if (this.socket.writableNeedDrain) break;
      this.pieceBytes -= bytesOf(piece);
      this.give(piece);
      given++;
    }
    this.pieces.splice(0, given);
    if (this.pieces.length > 0) this.socket.once('drain', this.drained);
  };

  private give(parts: readonly Uint8Array[]): void {
    const { socket } = this;
    // A head and its message are one write.
    if (parts.length > 1) socket.cork();
    for (const part of parts) socket.write(part);
    if (parts.length > 1) socket.uncork();
  }
}

function bytesOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}
