/*
 * Frames over a stream socket between two processes of one machine: four bytes of length, then the frame. What is sent in one turn of the event loop is one write.
 */
import type { Socket } from 'node:net';

const PREFIX = 4;

export interface FrameReceiver {
  frame(frame: Uint8Array): void;
  /** Once. Nothing comes after it. */
  closed(): void;
}

export class FrameSocket {
  private readonly socket: Socket;
  private waiting: Buffer = Buffer.alloc(0);
  private isCorked = false;

  constructor(socket: Socket, receiver: FrameReceiver) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.take(chunk, receiver));
    socket.on('error', () => {}); // 'close' follows
    socket.once('close', () => receiver.closed());
  }

  /** Bytes that the other side has not taken yet. */
  get waitingBytes(): number {
    return this.socket.writableLength;
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
    let bytes = this.waiting.length === 0 ? chunk : Buffer.concat([this.waiting, chunk]);
    while (bytes.length >= PREFIX) {
      const end = PREFIX + bytes.readUInt32BE();
      if (bytes.length < end) break;
      receiver.frame(bytes.subarray(PREFIX, end));
      bytes = bytes.subarray(end);
    }
    this.waiting = bytes;
  }
}
