/*
 * Frames over a stream socket between two processes of one machine: four bytes of length, then the frame. What is sent in one turn of the event loop is one write.
 */
import type { Socket } from 'node:net';

const PREFIX = 4;

export interface FrameReceiver {
  /** If it throws, the socket is closed. */
  frame(frame: Uint8Array): void;
  /** Once. Nothing comes after it. */
  closed(): void;
}

export class FrameSocket {
  private readonly socket: Socket;
  /** What has come of a frame that is not whole. */
  private parts: Buffer[] = [];
  private partBytes = 0;
  private isCorked = false;

  constructor(socket: Socket, receiver: FrameReceiver) {
    this.socket = socket;
    socket.on('data', (chunk) => {
      try {
        this.take(chunk, receiver);
      } catch {
        socket.destroy();
      }
    });
    socket.on('error', () => {}); // 'close' follows
    socket.once('close', () => receiver.closed());
  }

  send(frame: Uint8Array): void {
    if (this.socket.destroyed) return;
    if (!this.isCorked) {
      this.isCorked = true;
      this.socket.cork();
      process.nextTick(() => {
        this.isCorked = false;
        this.socket.uncork();
      });
    }
    const prefix = Buffer.allocUnsafe(PREFIX);
    prefix.writeUInt32BE(frame.length);
    this.socket.write(prefix);
    this.socket.write(frame);
  }

  /** After what was sent. */
  end(): void {
    this.socket.end();
  }

  destroy(): void {
    this.socket.destroy();
  }

  private take(chunk: Buffer, receiver: FrameReceiver): void {
    this.parts.push(chunk);
    this.partBytes += chunk.length;
    let first = this.parts[0] ?? chunk;
    if (first.length < PREFIX) first = this.joined();
    // A long frame comes in many chunks: they are joined once, when all of it is there.
    if (this.partBytes < PREFIX || this.partBytes < PREFIX + first.readUInt32BE()) return;
    let bytes = this.joined();
    while (bytes.length >= PREFIX) {
      const end = PREFIX + bytes.readUInt32BE();
      if (bytes.length < end) break;
      receiver.frame(bytes.subarray(PREFIX, end));
      bytes = bytes.subarray(end);
    }
    this.parts = bytes.length > 0 ? [bytes] : [];
    this.partBytes = bytes.length;
  }

  private joined(): Buffer {
    const [only, ...more] = this.parts;
    const bytes = only && more.length === 0 ? only : Buffer.concat(this.parts);
    this.parts = [bytes];
    return bytes;
  }
}
