/*
 * RawSocket after the handshake, at either end: a socket as a `Transport`. Over TCP, TLS and unix sockets alike.
 */
import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers';
import { TextDecoder } from 'node:util';
import type { Serializer } from '../../serializer/serializer.ts';
import { unsentBytes } from '../../transport/platform/unsent.ts';
import { FrameError, FrameParser, FrameType, PREFIX_LENGTH, writePrefix } from '../../transport/rawsocket-frame.ts';
import type { Closed, Frame, Transport, TransportReceiver } from '../../transport/transport.ts';
import { FULL_OF_PARTS, type PartialMessage } from '../incoming/partial-messages.ts';
import { JoinedFrames } from '../outgoing/joined-frames.ts';
import { OutBuffer } from '../outgoing/out-buffer.ts';

export interface RawSocketLimits {
  /** The longest message that we accept; a longer one ends the connection. */
  readonly maxMessageBytes: number;
  /** The longest message that the other side accepts; a longer one is never sent. */
  readonly maxFrameBytes: number;
  /** At a router: for the message that comes in. */
  readonly partial?: PartialMessage | undefined;
}

/** How long the other side may take to close as well. */
const CLOSE_TIMEOUT_MS = 1000;
/** We send no PINGs (Autobahn and Crossbar.io take them for frames of 16 MiB), so TCP's keep-alive has to find a dead connection. */
const KEEP_ALIVE_MS = 30_000;
/** In one chunk, of 64 KiB at most. A normal peer sends one PING and waits for its PONG. */
const MAX_PINGS = 64;

const messages = new JoinedFrames({
  bytes: () => PREFIX_LENGTH,
  write(buffer, at, length) {
    writePrefix(buffer.subarray(at), FrameType.MESSAGE, length);
    return at + PREFIX_LENGTH;
  },
});

export class RawSocketTransport implements Transport {
  readonly serializer: Serializer;
  readonly maxFrameBytes: number;
  readonly hasUtf8 = true;
  private readonly socket: Socket;
  private readonly out: OutBuffer;
  private readonly parser: FrameParser;
  private readonly partial: PartialMessage | undefined;
  private readonly decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  private receiver: TransportReceiver | undefined;
  private isOpen = true;
  private hasEnded = false;
  private ending: Closed | undefined;
  private error: unknown;
  /** Paused by `pause`, or until the other side has read our PONGs. */
  private isPaused = false;
  private awaitsDrain = false;
  /** Of the chunk that is read. */
  private pings = 0;
  /** PINGs cannot wait for a turn as messages do. So after some of them the rest of the chunk waits, and others are served first. */
  private awaitsTurn = false;

  /** @param socket - Paused, its handshake done; incoming bytes wait in it for `start`. */
  constructor(socket: Socket, serializer: Serializer, { maxMessageBytes, maxFrameBytes, partial }: RawSocketLimits) {
    this.socket = socket;
    this.out = new OutBuffer(socket, messages);
    this.serializer = serializer;
    this.maxFrameBytes = maxFrameBytes;
    this.partial = partial;
    if (partial) partial.onDrop = () => this.break(new FrameError(FULL_OF_PARTS, 'wamp.error.unavailable'));
    this.parser = new FrameParser(maxMessageBytes, (type, payload) => this.frame(type, payload));
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.on('error', (error) => {
      this.error ??= error;
    });
    socket.on('end', () => {
      this.hasEnded = true;
      this.close();
    });
    socket.on('close', () => {
      this.isOpen = false;
      partial?.end();
      this.ending = { clean: this.hasEnded && this.error === undefined, error: this.error };
      this.receiver?.closed(this.ending);
    });
  }

  get bufferedBytes(): number {
    return this.socket.writableLength + this.out.bytes;
  }

  get receivedBytes(): number {
    return this.socket.bytesRead;
  }

  get unsentBytes(): number | undefined {
    const unsent = unsentBytes(this.socket);
    return unsent === undefined ? undefined : unsent + this.out.bytes;
  }

  start(receiver: TransportReceiver): void {
    this.receiver = receiver;
    if (this.ending) return receiver.closed(this.ending);
    this.socket.on('data', (chunk: Buffer) => this.take(chunk));
    this.socket.resume();
  }

  send(frame: Frame): void {
    if (this.isOpen) this.out.add(frame);
  }

  sendAll(frames: readonly Frame[]): void {
    if (this.isOpen) this.out.addAll(frames);
  }

  limitMessages(maxBytes: number): void {
    this.parser.limit(maxBytes);
  }

  pause(): void {
    this.isPaused = true;
    this.read();
  }

  resume(): void {
    this.isPaused = false;
    this.read();
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.out.finish();
    this.socket.end();
    this.read(); // the end of the other side comes after its last messages
    const timer = setTimeout(() => this.socket.destroy(), CLOSE_TIMEOUT_MS);
    timer.unref(); // it does not keep the process running
    this.socket.once('close', () => clearTimeout(timer));
  }

  private take(chunk: Buffer): void {
    if (!this.isOpen) return;
    try {
      // A view, because a Buffer would make Buffers in payloads.
      this.parser.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      if (this.pings > 0) this.letOthers();
      this.partial?.hold(this.parser.partialBytes);
    } catch (error) {
      if (error instanceof FrameError) return this.break(error);
      // An exception of the user's serializer. This is an event of the socket: nothing else would catch it.
      this.error = error;
      this.close();
    }
  }

  private frame(type: FrameType, payload: Uint8Array): void {
    if (!this.isOpen) return; // closed by an earlier frame of the same chunk
    if (type === FrameType.PING) return this.pong(payload);
    if (type === FrameType.PONG) return; // we have sent no PING, so it means nothing
    if (this.serializer.isBinary || this.receiver?.wantsUtf8 === true) return this.receiver?.frame(payload);
    let text: string;
    try {
      text = this.decoder.decode(payload);
    } catch {
      throw new FrameError(`expected UTF-8 for ${this.serializer.name}, got other bytes`);
    }
    this.receiver?.frame(text);
  }

  /** WAMP "RawSocket Transport": exactly one, at once, with the same payload. */
  private pong(payload: Uint8Array): void {
    if (payload.length > this.maxFrameBytes) {
      throw new FrameError(
        `expected a PING of at most the ${this.maxFrameBytes} bytes that its sender takes, got ${payload.length}`,
      );
    }
    if (++this.pings > MAX_PINGS) throw new FrameError(`expected at most ${MAX_PINGS} PINGs at a time, got more`);
    this.out.flush();
    const frame = Buffer.allocUnsafe(PREFIX_LENGTH + payload.length);
    writePrefix(frame, FrameType.PONG, payload.length);
    frame.set(payload, PREFIX_LENGTH);
    this.socket.write(frame);
    // While the other side does not read our answers, we do not read its messages.
    if (!this.socket.writableNeedDrain || this.awaitsDrain) return;
    this.awaitsDrain = true;
    this.read();
    this.socket.once('drain', () => {
      this.awaitsDrain = false;
      this.read();
    });
  }

  private letOthers(): void {
    this.pings = 0;
    if (!this.isOpen || this.awaitsTurn) return;
    this.awaitsTurn = true;
    this.read();
    setImmediate(() => {
      this.awaitsTurn = false;
      this.read();
    });
  }

  private read(): void {
    if (this.isOpen && (this.isPaused || this.awaitsDrain || this.awaitsTurn)) this.socket.pause();
    else this.socket.resume();
  }

  private break(error: FrameError): void {
    this.error = error;
    this.receiver?.broken?.(error.uri, error.message);
    this.close();
  }
}
