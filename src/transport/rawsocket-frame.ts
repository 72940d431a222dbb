/*
 * The octets of WAMP "RawSocket Transport", without a socket: the handshake of either side, a frame's prefix, and a parser that takes a
 * stream in any pieces. What a frame carries, and what to do about one that is refused, is for who feeds it.
 */

import type { Uri } from '../base/words.ts';
import type { Serializer } from '../serializer/serializer.ts';

/** The first octet of a handshake. No HTTP request and no TLS begins with it. */
export const MAGIC = 0x7f;
export const HANDSHAKE_LENGTH = 4;
export const PREFIX_LENGTH = 4;
const MAX_FRAME_BYTES = 2 ** 24;
/** Position + 1 is the id in the handshake. */
const SERIALIZERS = ['json', 'msgpack', 'cbor', 'ubjson', 'flatbuffers'];

export const Refusal = { SERIALIZER: 1, LENGTH: 2, RESERVED: 3, CONNECTIONS: 4 } as const;
export const FrameType = { MESSAGE: 0, PING: 1, PONG: 2 } as const;
export type FrameType = (typeof FrameType)[keyof typeof FrameType];

/** Undefined for a serializer that WAMP gives no id. */
export function serializerId({ name }: Pick<Serializer, 'name'>): number | undefined {
  return SERIALIZERS.indexOf(name) + 1 || undefined;
}

/** For messages: `json`, or the bare number where WAMP has no name. */
export function serializerName(id: number): string {
  return SERIALIZERS[id - 1] ?? `serializer ${id}`;
}

export interface Handshake {
  /** The longest frame the sender takes. */
  readonly maxBytes: number;
  /** 0 makes a reply a refusal, and is illegal in a request. */
  readonly serializer: number;
  /** Of a refusal. */
  readonly refusal: number;
  /** The third and the fourth octet must be zero. */
  readonly usesReserved: boolean;
}

/** Request and reply have one form. `maxBytes` is rounded up to what can be said: a power of two from 2^9 to 2^24. */
export function handshake(maxBytes: number, serializer: number): Uint8Array {
  let code = 0;
  while (code < 15 && 2 ** (9 + code) < maxBytes) code++;
  return Uint8Array.of(MAGIC, (code << 4) | serializer, 0, 0);
}

export function refuseHandshake(refusal: (typeof Refusal)[keyof typeof Refusal]): Uint8Array {
  return Uint8Array.of(MAGIC, refusal << 4, 0, 0);
}

/** Four octets, the first of which is `MAGIC`. */
export function parseHandshake(octets: Uint8Array): Handshake {
  const [, second = 0, third, fourth] = octets;
  return {
    maxBytes: 2 ** (9 + (second >> 4)),
    serializer: second & 0xf,
    refusal: second >> 4,
    usesReserved: third !== 0 || fourth !== 0,
  };
}

/** `RRRR XTTT`, and 24 bits of length; X stands for exactly 2^24, which they cannot hold. */
export function writePrefix(target: Uint8Array, type: FrameType, length: number): void {
  target[0] = length === MAX_FRAME_BYTES ? type | 8 : type;
  target[1] = length >> 16;
  target[2] = length >> 8;
  target[3] = length;
}

/** Bytes that are no frame, or one that is too long. The stream has no sense after it. */
export class FrameError extends Error {
  readonly uri: Uri;

  constructor(message: string, uri: Uri = 'wamp.error.protocol_violation') {
    super(message);
    this.uri = uri;
  }
}

const State = { PREFIX: 0, PAYLOAD: 1, FAILED: 2 } as const;

export class FrameParser {
  private maxBytes = 0;
  private readonly onFrame: (type: FrameType, payload: Uint8Array) => void;
  private state: (typeof State)[keyof typeof State] = State.PREFIX;
  /** What has come of a prefix in pieces. */
  private readonly prefix = new Uint8Array(PREFIX_LENGTH);
  /** How much of the prefix, or of the payload, has come. */
  private have = 0;
  private type: FrameType = FrameType.MESSAGE;
  private length = 0;
  /** A payload in pieces. Grows with what comes, since a length is easily said. */
  private payload = new Uint8Array(0);

  /** @param onFrame - A payload may lie in the chunk, or in memory of its own; it is not touched again. */
  constructor(maxBytes: number, onFrame: (type: FrameType, payload: Uint8Array) => void) {
    this.limit(maxBytes);
    this.onFrame = onFrame;
  }

  /** Of frames that begin from now on. */
  limit(maxBytes: number): void {
    this.maxBytes = Math.min(maxBytes, MAX_FRAME_BYTES);
  }

  /** What is kept of a frame that is not whole. */
  get partialBytes(): number {
    return this.payload.length;
  }

  /** @throws {@link FrameError}; from then on whatever comes is dropped. */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length && this.state !== State.FAILED) {
      at = this.state === State.PREFIX ? this.takePrefix(chunk, at) : this.takePayload(chunk, at);
    }
  }

  private takePrefix(chunk: Uint8Array, from: number): number {
    let prefix = chunk;
    let at = from;
    if (this.have > 0 || chunk.length - from < PREFIX_LENGTH) {
      while (this.have < PREFIX_LENGTH && at < chunk.length) this.prefix[this.have++] = chunk[at++] ?? 0;
      if (this.have < PREFIX_LENGTH) return at;
      prefix = this.prefix;
      this.readPrefix(prefix, 0);
    } else {
      this.readPrefix(prefix, at);
      at += PREFIX_LENGTH;
    }
    this.have = 0;
    const end = at + this.length;
    if (end > chunk.length) {
      this.state = State.PAYLOAD;
      return at;
    }
    this.onFrame(this.type, chunk.subarray(at, end)); // the usual case: nothing is copied
    return end;
  }

  private readPrefix(octets: Uint8Array, at: number): void {
    const first = octets[at] ?? 0;
    if (first & 0xf0) this.fail(`expected reserved bits of a frame to be zero, got ${hex(first)}`);
    const type = first & 7;
    if (type > FrameType.PONG) this.fail(`expected a message, PING or PONG, got a frame of reserved type ${type}`);
    this.type = type as FrameType;
    this.length = ((octets[at + 1] ?? 0) << 16) | ((octets[at + 2] ?? 0) << 8) | (octets[at + 3] ?? 0);
    if (first & 8) {
      if (this.length !== 0) this.fail(`expected the other bits of a length with the 25th to be zero, got ${this.length}`);
      this.length = MAX_FRAME_BYTES;
    }
    if (this.length > this.maxBytes) {
      const text = `expected a frame of at most ${this.maxBytes} bytes, got one of ${this.length}`;
      this.fail(text, 'wamp.error.payload_size_exceeded');
    }
  }

  private takePayload(chunk: Uint8Array, from: number): number {
    const end = Math.min(chunk.length, from + this.length - this.have);
    const needed = this.have + end - from;
    if (needed > this.payload.length) {
      const grown = new Uint8Array(Math.min(this.length, Math.max(needed, 2 * this.payload.length)));
      grown.set(this.payload.subarray(0, this.have));
      this.payload = grown;
    }
    this.payload.set(chunk.subarray(from, end), this.have);
    this.have = needed;
    if (needed < this.length) return end;
    const { payload } = this;
    this.payload = new Uint8Array(0);
    this.have = 0;
    this.state = State.PREFIX;
    this.onFrame(this.type, payload);
    return end;
  }

  private fail(message: string, uri?: Uri): never {
    this.state = State.FAILED;
    throw new FrameError(message, uri);
  }
}

/** Octets as people write them: `0x48 0x54`. */
export function hex(...octets: number[]): string {
  return octets.map((octet) => `0x${octet.toString(16).padStart(2, '0')}`).join(' ');
}
