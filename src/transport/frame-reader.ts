/*
 * Takes small messages out of what a socket gives, before `ws` sees them: the receiver of `ws` is a stream, and each of its writes costs as much as a whole small
 * message. Everything else goes to `ws`: fragments, control frames, long or incomplete frames, and whatever is wrong, which it knows how to refuse.
 */

/** What a socket of Node.js gives. */
export interface Chunk extends Uint8Array {
  toString(encoding?: 'utf8', start?: number, end?: number): string;
  subarray(start?: number, end?: number): Chunk;
}

/** The part of the receiver of `ws` that is used here. It is a `Writable`. */
export interface WsReceiver {
  write(chunk: Chunk): boolean;
  readonly errored: unknown;
  /** In bytes; 0: none. It refuses a longer message. */
  readonly _maxPayload?: number;
}

export interface FrameTaker {
  /** Takes the message in these bytes of a chunk. False: it does not, and `ws` gets it. */
  takeFrame(chunk: Chunk, start: number, end: number, isBinary: boolean): boolean;
}

/** RFC 6455, 5.2: one frame that is a whole message. */
const TEXT = 0x81;
const BINARY = 0x82;
const FINAL = 0x80;
const MASKED = 0x80;
const OPCODE = 0x0f;
const CLOSE = 8;
/** A longer message is a small part of what it costs. */
const MAX_BYTES = 4096;

export class FrameReader {
  private readonly receiver: WsReceiver;
  private readonly taker: FrameTaker;
  /** 128: the other side is a client, which masks its frames. */
  private readonly mask: number;
  private readonly maxBytes: number;
  /** All that have come. */
  bytes = 0;
  /** The bytes of a message that is not complete, as far as they have come. */
  waiting = 0;
  /** The bytes of a frame that has begun and that are still to come. */
  private left = 0;
  /** The head of a frame, when a chunk ends within it. */
  private head: number[] | undefined;
  /** After the first fragment and before the last one. */
  private isFragmented = false;
  private isOver = false;

  constructor(receiver: WsReceiver, taker: FrameTaker, isServer: boolean) {
    this.receiver = receiver;
    this.taker = taker;
    this.mask = isServer ? MASKED : 0;
    this.maxBytes = Math.min(MAX_BYTES, receiver._maxPayload || MAX_BYTES);
  }

  /** In place of the receiver's `write`. False: `ws` wants to be asked again later. */
  write(chunk: Chunk): boolean {
    this.bytes += chunk.length;
    let wantsMore = true;
    let at = 0;
    while (at < chunk.length && !this.receiver.errored) {
      const next = this.isOver || this.isFragmented || this.left > 0 || this.head ? at : this.taken(chunk, at);
      if (next === at) {
        const end = this.endOfFrame(chunk, at);
        wantsMore = this.pass(at === 0 && end === chunk.length ? chunk : chunk.subarray(at, end));
        at = end;
      } else at = next;
    }
    return wantsMore;
  }

  /** To the receiver's own method. */
  private pass(bytes: Chunk): boolean {
    return Object.getPrototypeOf(this.receiver).write.call(this.receiver, bytes);
  }

  /** Hands on the message that begins there. Gives where the next one begins, or the same place if it is one for `ws`. */
  private taken(chunk: Chunk, at: number): number {
    const first = byteAt(chunk, at);
    if ((first !== TEXT && first !== BINARY) || at + 2 > chunk.length) return at;
    let length = byteAt(chunk, at + 1) - this.mask;
    let start = at + 2;
    if (length === 126) {
      if (at + 4 > chunk.length) return at;
      length = byteAt(chunk, at + 2) * 256 + byteAt(chunk, at + 3);
      start += 2;
      if (length < 126) return at;
    } else if (length < 0 || length > 126) return at; // masked by the wrong side, or long
    if (length > this.maxBytes) return at;
    const key = start;
    if (this.mask) start += 4;
    const end = start + length;
    if (end > chunk.length) return at;
    if (this.mask) unmask(chunk, key, start, end);
    if (this.taker.takeFrame(chunk, start, end, first === BINARY)) return end;
    if (this.mask) unmask(chunk, key, start, end); // masked again
    return at;
  }

  /** Counts what goes to `ws`: up to the end of the frame, or of the chunk. */
  private endOfFrame(chunk: Chunk, at: number): number {
    if (this.isOver) return chunk.length;
    let end = at;
    if (this.left === 0) {
      const head = this.head ?? [];
      while (end < chunk.length && head.length < headLength(head)) head.push(byteAt(chunk, end++));
      this.waiting += end - at;
      this.head = head.length < headLength(head) ? head : undefined;
      if (this.head) return end;
      this.left = payloadLength(head);
      const [first = 0] = head;
      if ((first & OPCODE) < CLOSE) this.isFragmented = first < FINAL;
      else if ((first & OPCODE) === CLOSE) {
        this.isOver = true; // `ws` ignores the rest, if it comes in the same write
        return chunk.length;
      }
    }
    const rest = Math.min(this.left, chunk.length - end);
    this.left -= rest;
    this.waiting += rest;
    if (this.left === 0 && !this.isFragmented) this.waiting = 0;
    return end + rest;
  }
}

/** A build writes it as `bytes[at]`. */
function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

/** RFC 6455, 5.3: the four bytes of the key over and over. */
function unmask(chunk: Chunk, key: number, start: number, end: number): void {
  for (let i = start; i < end; i++) chunk[i] = byteAt(chunk, i) ^ byteAt(chunk, key + ((i - start) & 3));
}

/** At least two; then the length and the mask are known. */
function headLength([, second]: readonly number[]): number {
  if (second === undefined) return 2;
  const length = second & 127;
  return 2 + (length < 126 ? 0 : length === 126 ? 2 : 8) + (second >= MASKED ? 4 : 0);
}

function payloadLength(head: readonly number[]): number {
  const length = (head[1] ?? 0) & 127;
  if (length < 126) return length;
  return head.slice(2, length === 126 ? 4 : 10).reduce((sum, byte) => sum * 256 + byte, 0);
}
