/*
 * A link joins transport, serializer, codec and the session's life cycle. Client and router each have one, at their own end.
 * Only here does a violation become ABORT and the end of the connection. A link does not know what messages mean.
 */
import { messageOf, ProtocolError, SerializationError } from '../base/errors.ts';
import type { Uri } from '../base/words.ts';
import { describePath, parseMessage } from '../protocol/codec.ts';
import { expectedIn, nextState, type State } from '../protocol/lifecycle.ts';
import { type Abort, Code, type Message, nameOf } from '../protocol/messages.ts';
import { PAYLOAD_SIZE_EXCEEDED, PROTOCOL_VIOLATION } from '../protocol/uris.ts';
import type { Ending, Side } from '../protocol/wire.ts';
import { byteLength } from '../transport/frame-length.ts';
import type { Closed, Frame, Transport } from '../transport/transport.ts';

/** Sees every message as it is on the wire, without secrets. It is for logs. */
export type Tap = (direction: 'sent' | 'received', message: readonly unknown[], length: number) => void;

export interface LinkReceiver<In extends Message> {
  /** Takes a legal message. If it throws a `ProtocolError`, the link ends as after a violation. */
  message(message: In): void;
  /** Is called exactly once, when nothing more can come or go. `error` is the violation, by either side, that ended the link. */
  linkEnded(why: LinkEnd): void;
}

export interface LinkEnd {
  readonly error: ProtocolError | undefined;
  readonly closed: Closed | undefined;
}

/** The frames of a message that goes to many receivers: each is encoded once. The sender decides about the keys. */
export type FrameCache = Map<unknown, Frame | SerializationError>;

/** Messages above this length are counted in `largeBytes`. What a session says in between is shorter. */
const LARGE = 2 ** 17;

export class Link<In extends Message, Out extends Message> {
  readonly transport: Transport;
  /** Whether the link wants text as UTF-8 bytes. */
  protected readonly wantsUtf8: boolean = false;
  protected readonly side: Side<In, Out>;
  private readonly tap: Tap | undefined;
  /** In bytes. The other side refuses a longer frame. */
  protected maxFrameBytes: number;
  /** The longest message that was sent. Its length is in bytes, or in characters if it is text. */
  longest = { length: 0, name: '' };
  private receiver: LinkReceiver<In> | undefined;
  private current: State = 'closed';
  private hasEnded = false;
  /** How many frames were sent and received. */
  readonly frames = { sent: 0, received: 0 };
  /** Approximate: text is counted in characters. */
  sentBytes = 0;
  /** The bytes of large messages that were sent since the last frame came. */
  largeBytes = 0;

  constructor(transport: Transport, side: Side<In, Out>, tap?: Tap) {
    this.transport = transport;
    this.side = side;
    this.tap = tap;
    this.maxFrameBytes = transport.maxFrameBytes ?? Number.POSITIVE_INFINITY;
  }

  /** Where the session on this link stands; see `protocol/lifecycle.ts`. */
  get state(): State {
    return this.current;
  }

  start(receiver: LinkReceiver<In>): void {
    this.receiver = receiver;
    this.transport.start({
      wantsUtf8: this.wantsUtf8,
      frame: (frame) => this.take(frame),
      broken: (reason, text) => this.abort(reason, text, new ProtocolError(text, { uri: reason })),
      closed: (closed) => this.end(violationIn(closed), closed),
    });
  }

  /** From now on this receiver gets the messages. */
  handOver(receiver: LinkReceiver<In>): void {
    this.receiver = receiver;
  }

  /**
   * Sends a message. `shared`: the same message goes to many receivers; each call passes the same cache.
   *
   * @throws {@link SerializationError} when the payload cannot be encoded, or is too long. Then nothing was sent.
   */
  send(message: Out | Ending, shared?: FrameCache): void {
    const next = nextState(this.current, 'sent', message.type);
    // It is too late for this message, such as an answer after GOODBYE. It is dropped, because nobody waits for it any more.
    if (next === undefined || next === 'ignore') return;
    const frame = this.write(message, shared);
    // A character takes at most three bytes. The bytes are counted only if the limit could be reached.
    const bytes = frame.length * 3 > this.maxFrameBytes ? byteLength(frame) : 0;
    if (bytes > this.maxFrameBytes) {
      const short = shortened(message);
      if (short) return this.send(short);
      const text = `${described(message)} takes ${bytes} bytes, and the other side takes at most ${this.maxFrameBytes}`;
      throw new SerializationError(text, { uri: PAYLOAD_SIZE_EXCEEDED });
    }
    this.current = next;
    if (this.tap) this.log('sent', this.side.toWire(message), frame.length);
    this.frames.sent++;
    this.sentBytes += frame.length;
    if (frame.length > LARGE) this.largeBytes += frame.length;
    if (frame.length > this.longest.length) this.longest = { length: frame.length, name: described(message) };
    this.transport.send(frame);
  }

  /** Ends the session with ABORT, and closes the connection. */
  abort(reason: Uri, text: string, error?: ProtocolError): void {
    if (this.hasEnded) return;
    // It has three elements, because autobahn-python accepts no more.
    const abort: Abort = { type: Code.ABORT, details: { message: text }, reason };
    try {
      this.send(abort);
    } catch {
      // If ABORT cannot be sent, the connection is closed all the same.
    }
    this.hasEnded = true;
    this.current = 'ended';
    // It is closed before the receiver knows: the receiver may close it as well, but without a reason.
    this.transport.close(error ? 1002 : 1000, reason);
    this.receiver?.linkEnded({ error, closed: undefined });
  }

  /** Closes the connection. What was sent before still goes out. */
  close(): void {
    this.transport.close();
  }

  /** Encodes a message. @throws {@link SerializationError} */
  protected write(message: Out | Ending, _shared?: FrameCache): Frame {
    const list = this.side.toWire(message);
    try {
      return this.transport.serializer.encode(list);
    } catch (cause) {
      const path = cause instanceof SerializationError ? cause.path : [];
      const where = path.length > 0 ? `${describePath(list, path)}: ` : '';
      const name = `${described(message)} in ${this.transport.serializer.name}`;
      throw new SerializationError(`cannot encode ${name}: ${where}${messageOf(cause)}`, { cause, path });
    }
  }

  /** The other side has said that it takes no longer frames. */
  limitFrames(maxBytes: number): void {
    this.maxFrameBytes = Math.min(this.maxFrameBytes, maxBytes);
  }

  /** Does something that a message asked for. If it throws, the link ends as after a violation. */
  guard(task: () => void): void {
    try {
      task();
    } catch (thrown) {
      // WAMP "Session Closing": after GOODBYE a side sends nothing more and waits only for the answer. It ignores everything
      // else, even invalid messages.
      if (this.current === 'leaving') return;
      // For example, WELCOME is too long for the other side. Nobody has made a mistake, but the session cannot go on.
      const { message: text, uri } =
        thrown instanceof SerializationError
          ? thrown
          : { message: `internal error: ${messageOf(thrown)}`, uri: PROTOCOL_VIOLATION };
      const error = thrown instanceof ProtocolError ? thrown : new ProtocolError(text, { cause: thrown, uri });
      this.abort(error.uri, error.message, error);
    }
  }

  private take(frame: Frame): void {
    if (this.hasEnded) return;
    this.frames.received++;
    this.largeBytes = 0;
    this.guard(() => {
      const message = this.read(frame);
      const next = nextState(this.current, 'received', message.type);
      if (next === 'ignore') return;
      if (next === undefined) throw new ProtocolError(`expected ${expectedIn(this.current)}, got ${nameOf(message.type)}`);
      this.current = next;
      this.receiver?.message(message);
    });
  }

  /** Decodes the message of a frame. @throws {@link ProtocolError} */
  protected read(frame: Frame): In {
    const { serializer } = this.transport;
    if ((typeof frame === 'string') === serializer.isBinary) {
      const [wanted, got] = serializer.isBinary ? ['binary', 'text'] : ['text', 'binary'];
      throw new ProtocolError(`expected a ${wanted} frame for ${serializer.name}, got a ${got} one`);
    }
    let list: unknown;
    try {
      list = serializer.decode(frame);
    } catch (cause) {
      throw new ProtocolError(`cannot decode a frame as ${serializer.name}: ${messageOf(cause)}`, { cause });
    }
    if (Array.isArray(list)) this.log('received', list, frame.length);
    return parseMessage(list, this.side.inbound);
  }

  protected log(direction: 'sent' | 'received', list: readonly unknown[], length: number): void {
    this.tap?.(direction, withoutSecrets(list), length);
  }

  private end(error: ProtocolError | undefined, closed: Closed | undefined): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.current = 'ended';
    this.receiver?.linkEnded({ error, closed });
  }
}

/** The name of a message and its procedure or topic. */
function described(message: Message): string {
  const about = 'procedure' in message ? message.procedure : 'topic' in message ? message.topic : undefined;
  return about === undefined ? nameOf(message.type) : `${nameOf(message.type)} ${about}`;
}

/** The message as logs may show it. */
export function withoutSecrets(list: readonly unknown[]): readonly unknown[] {
  return list[0] === Code.AUTHENTICATE ? [list[0], '(secret)', {}] : list;
}

/**
 * A violation of the transport's own rules, such as those of batches. It is known by `uri`: the transport may come from
 * another copy of this package.
 */
function violationIn({ error }: Closed): ProtocolError | undefined {
  return (error as { uri?: unknown } | undefined)?.uri === PROTOCOL_VIOLATION ? (error as ProtocolError) : undefined;
}

/** A message that ends a session must arrive. If it is too long, it is sent without its text. */
function shortened(message: Message): Ending | undefined {
  if (message.type !== Code.ABORT && message.type !== Code.GOODBYE) return undefined;
  const reason = message.reason.length > 100 ? PAYLOAD_SIZE_EXCEEDED : message.reason;
  const isShort = reason === message.reason && Object.keys(message.details).length === 0;
  return isShort ? undefined : { type: message.type, details: {}, reason };
}
