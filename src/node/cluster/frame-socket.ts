/*
 * Frames over a stream socket between two processes of one machine: four bytes of length, then the frame. What is sent in one turn of the event loop is one write.
 */
import type { Socket } from 'node:net';
import { framePrefix, PrefixedFrames } from '../../router/elsewhere/prefixed-frames.ts';

/** How much may wait for the other side. */
export const MAX_WAITING_BYTES: number = 2 ** 28;

export interface FrameReceiver {
  /** If it throws, the socket is closed. */
  frame(frame: Uint8Array): void;
  /** Once. Nothing comes after it. */
  closed(): void;
}

export class FrameSocket {
  private readonly socket: Socket;
  private readonly reader = new PrefixedFrames();
  private isCorked = false;

  constructor(socket: Socket, receiver: FrameReceiver) {
    this.socket = socket;
    socket.on('data', (chunk) => {
      try {
        this.reader.push(chunk, (frame) => receiver.frame(frame));
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
    this.socket.write(framePrefix(frame));
    this.socket.write(frame);
  }

  /** Bytes that the other side has not taken yet. */
  get waitingBytes(): number {
    return this.socket.writableLength;
  }

  get isDestroyed(): boolean {
    return this.socket.destroyed;
  }

  /** After what was sent. */
  end(): void {
    this.socket.end();
  }

  destroy(): void {
    this.socket.destroy();
  }
}
