/*
 * RawSocket as Autobahn|JS has it for programs that speak it themselves: over a stream that they have opened. For Node.js; bundles for browsers have
 * protocol-browser.ts instead.
 */
import { Buffer } from 'node:buffer';
import { EventEmitter } from 'node:events';
import { HANDSHAKE_LENGTH, handshake, MAGIC, PREFIX_LENGTH, parseHandshake, writePrefix } from '../../transport/rawsocket-frame.ts';
import type { ProtocolEmitter, ProtocolOptions, ProtocolStream } from '../api/protocol-types.ts';
import type { Any } from '../base/any.ts';
import { assert } from '../base/checks.ts';
import { defaults } from '../base/defaults.ts';
import { DEFAULT_OPTIONS, ERRORS, MSGTYPES, SERIALIZERS, STATUS } from './protocol-constants.ts';

/** The most that the handshake and the 25 bits of a length can say. */
const MAX_LEN_EXP = 24;

/** What `error` reports, except the errors of the stream itself. */
export class ProtocolError extends Error {
  override name = 'ProtocolError';
}

interface Ping {
  readonly payload: string;
  timer?: ReturnType<typeof setTimeout>;
}

/**
 * RawSocket in JSON, the client's end, over a stream.
 *
 * When the stream has connected it sends the handshake. Events: `connect` when the other side has answered it, `data` with a message, `error` with a
 * {@link ProtocolError} or what the stream says, and `close`, `drain`, `end` and `timeout` of the stream.
 *
 * @see WAMP, "RawSocket Transport"
 */
export class Protocol {
  /** What was given, the defaults, and what the other side said of itself. */
  readonly _options: Any;
  readonly _stream: ProtocolStream;
  /** One of `STATUS`. */
  _status: number = STATUS.UNINITIATED;
  private readonly emitter = new EventEmitter();
  /** Octets that have come and do not make a whole frame yet. */
  private chunks: Uint8Array[] = [];
  private have = 0;
  /** The length of the frame whose payload is awaited. */
  private length = 0;
  /** Sent, and not answered in time yet. */
  private pings: Ping[] = [];
  private lastPing: string | undefined;
  private autoping: ReturnType<typeof setInterval> | undefined;

  /**
   * @param stream - As a `net.Socket`, not connected yet; it is read from at once.
   * @throws An `Error` for invalid options.
   */
  constructor(stream: ProtocolStream, options?: ProtocolOptions) {
    const given = defaults({ _peer_serializer: null, _peer_max_len_exp: 0 }, options, this.DEFAULT_OPTIONS);
    const { serializer, max_len_exp, autoping, ping_timeout, packet_timeout } = given;
    const isCount = (value: number): boolean => Number.isInteger(value) && value >= 0;
    assert(Object.hasOwn(this.SERIALIZERS, serializer), `Unsupported serializer: ${serializer}`);
    assert(max_len_exp >= 9 && max_len_exp <= 36, `Message length out of bounds [9, 36]: ${max_len_exp}`);
    assert(!autoping || isCount(autoping), 'Autoping interval must be positive');
    assert(!ping_timeout || isCount(ping_timeout), 'Ping timeout duration must be positive');
    assert(!packet_timeout || isCount(packet_timeout), 'Packet timeout duration must be positive');
    assert(
      !autoping || !ping_timeout || autoping > ping_timeout,
      `Autoping interval (${autoping}) must be lower than ping timeout (${ping_timeout})`,
    );
    this._options = given;
    this._stream = stream;
    stream.on('data', (data: Uint8Array) => this.read(data));
    stream.on('connect', () => this.greet());
    stream.on('close', () => this.end());
    for (const event of ['close', 'drain', 'end', 'error', 'timeout'])
      stream.on(event, (given?: unknown) => this.emitter.emit(event, given));
  }

  /** The numbers that the handshake has for them. */
  get SERIALIZERS(): typeof SERIALIZERS {
    return SERIALIZERS;
  }

  /** What it waits for. */
  get STATUS(): typeof STATUS {
    return STATUS;
  }

  /** Why a handshake is refused. */
  get ERRORS(): typeof ERRORS {
    return ERRORS;
  }

  /** The types of frames. */
  get MSGTYPES(): typeof MSGTYPES {
    return MSGTYPES;
  }

  /** What options are filled in from. */
  get DEFAULT_OPTIONS(): typeof DEFAULT_OPTIONS {
    return DEFAULT_OPTIONS;
  }

  on(event: string, handler: (...given: Any[]) => void): ProtocolEmitter {
    return this.emitter.on(event, handler);
  }

  once(event: string, handler: (...given: Any[]) => void): ProtocolEmitter {
    return this.emitter.once(event, handler);
  }

  removeListener(event: string, handler: (...given: Any[]) => void): ProtocolEmitter {
    return this.emitter.removeListener(event, handler);
  }

  /** Ends the stream; what still comes from it is dropped. Returns `STATUS.CLOSED`. */
  close(): number {
    this.end();
    this._stream.end();
    return STATUS.CLOSED;
  }

  /**
   * Sends a frame. One that is longer than the other side takes is an `error`, as is any before the handshake.
   *
   * @param message - A WAMP message, which becomes JSON; of another type it is text, and sent as it is.
   * @param type - One of `MSGTYPES`. Default `WAMP`.
   * @param callback - When the stream has sent it.
   */
  write(message: Any, type: 0 | 1 | 2 = MSGTYPES.WAMP, callback?: (error?: Any) => void): void {
    this.send(type === MSGTYPES.WAMP ? JSON.stringify(message) : message, type, callback);
  }

  /**
   * Sends a PING. `ping_timeout` ms without its PONG are an `error`, and with `fail_on_ping_timeout` the end.
   *
   * @param payload - Text, or how many random characters. Default 255.
   */
  ping(payload?: string | number): void {
    const asked = payload || 255;
    const ping: Ping = { payload: typeof asked === 'number' ? randomText(asked) : asked };
    const { ping_timeout } = this._options;
    this.lastPing = ping.payload;
    if (ping_timeout) this.pings.push(ping);
    // The time begins when it was written. By then it may be answered.
    const start = (): void => {
      if (this.pings.includes(ping)) ping.timer = setTimeout(() => this.unanswered(ping), ping_timeout);
    };
    if (!this.send(ping.payload, MSGTYPES.PING, start)) this.drop(ping);
  }

  private unanswered(ping: Ping): void {
    this.drop(ping);
    this.fail('PING timeout');
    if (this._options.fail_on_ping_timeout) this.close();
  }

  private drop(ping: Ping): void {
    this.pings = this.pings.filter((other) => other !== ping);
  }

  /** False: it is too long, which was reported. */
  private send(payload: string | Uint8Array, type: 0 | 1 | 2, callback?: (error?: Any) => void): boolean {
    const length = Buffer.byteLength(payload);
    if (length > 2 ** this._options._peer_max_len_exp) {
      this.fail('Frame too big');
      return false;
    }
    const frame = Buffer.allocUnsafe(PREFIX_LENGTH + length);
    writePrefix(frame, type, length);
    if (typeof payload === 'string') frame.write(payload, PREFIX_LENGTH);
    else frame.set(payload, PREFIX_LENGTH);
    this._stream.write(frame, callback);
    return true;
  }

  private fail(text: string): void {
    this.emitter.emit('error', new ProtocolError(text));
  }

  private failAndClose(text: string): void {
    this.fail(text);
    this.close();
  }

  /** Nothing more is read, and no timer runs. */
  private end(): void {
    this._status = STATUS.CLOSED;
    this.chunks = [];
    this.have = 0;
    clearInterval(this.autoping);
    this.forget(this.pings.length);
  }

  /** Forgets the oldest ones. */
  private forget(count: number): void {
    for (const { timer } of this.pings.splice(0, count)) clearTimeout(timer);
  }

  private greet(): void {
    if (this._status !== STATUS.UNINITIATED) throw 'Handshake packet already sent';
    const { max_len_exp, serializer } = this._options;
    const codes: { readonly [name: string]: number | undefined } = this.SERIALIZERS;
    this._status = STATUS.NEGOCIATING;
    this._stream.write(Buffer.from(handshake(2 ** Math.min(max_len_exp, MAX_LEN_EXP), codes[serializer] ?? 0)));
  }

  private read(data: Uint8Array): void {
    if (this._status === STATUS.CLOSED) return; // it was on its way when the stream was closed
    if (this._status === STATUS.UNINITIATED) return this.fail('Unexpected packet');
    this.chunks.push(data);
    this.have += data.length;
    while (this._status !== STATUS.CLOSED && this.have >= this.awaited) this.handle(this.take(this.awaited));
  }

  /** How many octets make the next step. */
  private get awaited(): number {
    if (this._status === STATUS.NEGOCIATING) return HANDSHAKE_LENGTH;
    return this._status > STATUS.RXHEAD ? this.length : PREFIX_LENGTH;
  }

  private take(count: number): Buffer {
    const { chunks } = this;
    const all = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
    this.have -= count;
    this.chunks = this.have > 0 ? [all.subarray(count)] : [];
    return Buffer.from(all.buffer, all.byteOffset, count);
  }

  /** The status changes before handlers are called: they may close, or throw. */
  private handle(octets: Buffer): void {
    const status = this._status;
    if (status === STATUS.NEGOCIATING) return this.answered(octets);
    if (status < STATUS.RXDATA) return this.prefix(octets);
    this._status = STATUS.RXHEAD;
    if (status === STATUS.RXPING) this.send(octets, MSGTYPES.PONG);
    else if (status === STATUS.RXPONG) this.pong(octets.toString());
    else this.message(octets.toString());
  }

  private answered(octets: Buffer): void {
    if (octets[0] !== MAGIC) return this.failAndClose(`Invalid magic byte. Expected 0x7f, got 0x${octets[0]?.toString(16)}`);
    const { serializer, refusal, maxBytes } = parseHandshake(octets);
    if (serializer === 0) {
      const reasons: { readonly [code: number]: string | undefined } = ERRORS;
      const reason = reasons[refusal] ?? `0x${refusal.toString(16)}`;
      return this.failAndClose(`Peer failed handshake: ${reason}`);
    }
    this._options._peer_max_len_exp = Math.log2(maxBytes);
    this._options._peer_serializer = serializer;
    if (serializer !== SERIALIZERS.json) return this.failAndClose(`Unsupported serializer: 0x${serializer.toString(16)}`);
    this._status = STATUS.NEGOCIATED;
    this.emitter.emit('connect');
    const { autoping } = this._options;
    if (autoping && this._status !== STATUS.CLOSED) this.autoping = setInterval(() => this.ping(), autoping);
  }

  private prefix(octets: Buffer): void {
    const type = octets.readUInt8(0) & 0xf;
    this.length = octets.readUIntBE(1, 3);
    // WAMP "RawSocket Transport": with no other bit of the length, the 25th makes it 2^24.
    const isLongest = type >= 8 && this.length === 0;
    if (isLongest) this.length = 2 ** MAX_LEN_EXP;
    const status = [STATUS.RXDATA, STATUS.RXPING, STATUS.RXPONG][isLongest ? type - 8 : type];
    if (status === undefined) return this.failAndClose(`Invalid frame type: 0x${type.toString(16)}`);
    this._status = status;
  }

  private message(text: string): void {
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      return this.fail('Invalid JSON frame');
    }
    this.emitter.emit('data', message);
  }

  private pong(text: string): void {
    const at = this.pings.findIndex(({ payload }) => payload === text);
    this.forget(at < 0 ? this.pings.length : at + 1);
    const isExpected = at >= 0 || text === this.lastPing;
    if (this._options.strict_pong && !isExpected) this.failAndClose("PONG response payload doesn't match PING.");
  }
}

function randomText(length: number): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  return Array.from({ length: Math.max(1, length) }, () => letters[Math.floor(Math.random() * letters.length)]).join('');
}
