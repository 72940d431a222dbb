/*
 * The octets of WAMP "RawSocket Transport", without a socket: the handshake of either side, the prefix of a frame, and a
 * parser that takes a stream in pieces of any length. The caller decides what a payload means, and what happens after an
 * error.
 */

import type { Uri } from '../base/words.ts';
import type { Serializer } from '../serializer/serializer.ts';

/** The first octet of a handshake. An HTTP request or TLS never begins with it. */
export const MAGIC = 0x7f;
export const HANDSHAKE_LENGTH = 4;
export const PREFIX_LENGTH = 4;
const MAX_FRAME_BYTES = 2 ** 24;
/** The id in the handshake is the index plus 1. */
const SERIALIZERS = ['json', 'msgpack', 'cbor', 'ubjson', 'flatbuffers'];

export const Refusal = { SERIALIZER: 1, LENGTH: 2, RESERVED: 3, CONNECTIONS: 4 } as const;
export const FrameType = { MESSAGE: 0, PING: 1, PONG: 2 } as const;
export type FrameType = (typeof FrameType)[keyof typeof FrameType];

function isFrameType(type: number): type is FrameType {
  return type <= FrameType.PONG;
}

/** Undefined for a serializer that has no id in WAMP. */
export function serializerId({ name }: Pick<Serializer, 'name'>): number | undefined {
  return SERIALIZERS.indexOf(name) + 1 || undefined;
}

/** For error messages: `json`, or the number if WAMP has no name for it. */
export function serializerName(id: number): string {
  return SERIALIZERS[id - 1] ?? `serializer ${id}`;
}

export interface Handshake {
  /** The longest frame that the sender of the handshake accepts. */
  readonly maxBytes: number;
  /** In a reply, 0 means a refusal. In a request it is illegal. */
  readonly serializer: number;
  /** Why the handshake was refused. */
  readonly refusal: number;
  /** Whether the third or the fourth octet is not zero, as it must be. */
  readonly usesReserved: boolean;
}

/** Makes a request or a reply; both have the same form. `maxBytes` is rounded up to a power of two from 2^9 to 2^24. */
export function handshake(maxBytes: number, serializer: number): Uint8Array {
  let code = 0;
  while (code < 15 && 2 ** (9 + code) < maxBytes) code++;
  return Uint8Array.of(MAGIC, (code << 4) | serializer, 0, 0);
}

export function refuseHandshake(refusal: (typeof Refusal)[keyof typeof Refusal]): Uint8Array {
  return Uint8Array.of(MAGIC, refusal << 4, 0, 0);
}

/** Reads four octets. The caller has checked that the first one is `MAGIC`. */
export function parseHandshake(octets: Uint8Array): Handshake {
  const [, second = 0, third, fourth] = octets;
  return {
    maxBytes: 2 ** (9 + (second >> 4)),
    serializer: second & 0xf,
    refusal: second >> 4,
    usesReserved: third !== 0 || fourth !== 0,
  };
}

/** Writes `RRRR XTTT`, and the length in 24 bits. X means exactly 2^24, which does not fit into 24 bits. */
export function writePrefix(target: Uint8Array, type: FrameType, length: number): void {
  target[0] = length === MAX_FRAME_BYTES ? type | 8 : type;
  target[1] = length >> 16;
  target[2] = length >> 8;
  target[3] = length;
}

/** The bytes are not a frame, or the frame is too long. What follows in the stream cannot be read. */
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
  /** The part of a prefix that has come so far. */
  private readonly prefix = new Uint8Array(PREFIX_LENGTH);
  /** How many bytes of the prefix, or of the payload, have come. */
  private have = 0;
  private type: FrameType = FrameType.MESSAGE;
  private length = 0;
  /** A payload that comes in pieces. It grows with what comes: a large length alone must not cost memory. */
  private payload = new Uint8Array(0);

  /**
   * @param onFrame - The payload may be a part of the chunk, or have its own memory. The parser does not change it
   * afterwards.
   */
  constructor(maxBytes: number, onFrame: (type: FrameType, payload: Uint8Array) => void) {
    this.limit(maxBytes);
    this.onFrame = onFrame;
  }

  /** Sets the limit for frames that begin from now on. */
  limit(maxBytes: number): void {
    this.maxBytes = Math.min(maxBytes, MAX_FRAME_BYTES);
  }

  /** How many bytes are kept of a frame that is not complete. */
  get partialBytes(): number {
    return this.payload.length;
  }

  /** Takes the next piece of the stream. @throws {@link FrameError}. After that all input is dropped. */
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
    this.onFrame(this.type, chunk.subarray(at, end)); // the usual case, without a copy
    return end;
  }

  private readPrefix(octets: Uint8Array, at: number): void {
    const first = octets[at] ?? 0;
    if (first & 0xf0) this.fail(`expected reserved bits of a frame to be zero, got ${hex(first)}`);
    const type = first & 7;
    if (!isFrameType(type)) return this.fail(`expected a message, PING or PONG, got a frame of reserved type ${type}`);
    this.type = type;
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

/** Octets in the usual notation: `0x48 0x54`. */
export function hex(...octets: number[]): string {
  return octets.map((octet) => `0x${octet.toString(16).padStart(2, '0')}`).join(' ');
}
