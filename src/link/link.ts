/*
 * A link joins the seams: transport, serializer, codec and the session's life cycle. Client and router each stand on one, from one end.
 * It is the one place where a violation becomes ABORT and the end of the line. It knows nothing of what messages mean.
 */
import { messageOf, ProtocolError, SerializationError } from '../base/errors.ts';
import type { Uri } from '../base/words.ts';
import { describePath, parseMessage } from '../protocol/codec.ts';
import { expectedIn, nextState, type State } from '../protocol/lifecycle.ts';
import { type Abort, Code, type Goodbye, type Message, nameOf } from '../protocol/messages.ts';
import { PAYLOAD_SIZE_EXCEEDED, PROTOCOL_VIOLATION } from '../protocol/uris.ts';
import type { Side } from '../protocol/wire.ts';
import { byteLength } from '../transport/frame-length.ts';
import type { Closed, Frame, Transport } from '../transport/transport.ts';

/** Sees every message as it is on the wire, secrets left out. For logs. */
export type Tap = (direction: 'sent' | 'received', message: readonly unknown[]) => void;

export interface LinkReceiver<In extends Message> {
  /** A legal message. What this throws as `ProtocolError` ends the link as a violation. */
  message(message: In): void;
  /** Exactly once, when no more can come or go. `error`: the violation, by either side, that ended it. */
  ended(why: LinkEnd): void;
}

export interface LinkEnd {
  readonly error: ProtocolError | undefined;
  readonly closed: Closed | undefined;
}

/** The frames of a message that goes to many: encoded once however many receive it. What they are kept by is the sender's matter. */
export type FrameCache = Map<unknown, Frame | SerializationError>;

/** More than what is said in between. */
const LARGE = 2 ** 17;

export class Link<In extends Message, Out extends Message> {
  readonly transport: Transport;
  /** Text is wanted as UTF-8. */
  protected readonly wantsUtf8: boolean = false;
  protected readonly side: Side<In, Out>;
  private readonly tap: Tap | undefined;
  /** In bytes. Of what is longer the other side would take nothing. */
  private maxFrameBytes: number;
  /** The longest message that was sent; in bytes, or in the characters of its text. */
  longest = { length: 0, name: '' };
  private receiver: LinkReceiver<In> | undefined;
  private current: State = 'closed';
  private hasEnded = false;
  /** How many there were so far. */
  readonly frames = { sent: 0, received: 0 };
  /** About: text is counted by its characters. */
  sentBytes = 0;
  /** Of these, in large messages since something was received. */
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

  /** From now on another receives. */
  handOver(receiver: LinkReceiver<In>): void {
    this.receiver = receiver;
  }

  /**
   * `shared`: the same message goes to many, each with the same cache.
   *
   * @throws {@link SerializationError} when the payload cannot be encoded, or is too long; then nothing was sent.
   */
  send(message: Out, shared?: FrameCache): void {
    const next = nextState(this.current, 'sent', message.type);
    // What comes too late to be sent (an answer after GOODBYE) is dropped: nobody waits for it any more.
    if (next === undefined || next === 'ignore') return;
    const frame = this.write(message, shared);
    // It fits, even if each of its characters takes three bytes; else it is counted.
    const bytes = frame.length * 3 > this.maxFrameBytes ? byteLength(frame) : 0;
    if (bytes > this.maxFrameBytes) {
      const short = shortened(message);
      if (short) return this.send(short as Message as Out);
      const text = `${described(message)} takes ${bytes} bytes, and the other side takes at most ${this.maxFrameBytes}`;
      throw new SerializationError(text, { uri: PAYLOAD_SIZE_EXCEEDED });
    }
    this.current = next;
    if (this.tap) this.log('sent', this.side.toWire(message));
    this.frames.sent++;
    this.sentBytes += frame.length;
    if (frame.length > LARGE) this.largeBytes += frame.length;
    if (frame.length > this.longest.length) this.longest = { length: frame.length, name: described(message) };
    this.transport.send(frame);
  }

  /** Ends the session with ABORT, and the line. */
  abort(reason: Uri, text: string, error?: ProtocolError): void {
    if (this.hasEnded) return;
    // An ABORT is a message of either side, so of `Out`; three elements, since autobahn-python takes no more.
    const abort: Abort = { type: Code.ABORT, details: { message: text }, reason };
    try {
      this.send(abort as Message as Out);
    } catch {
      // Where it cannot be said, the line ends all the same.
    }
    this.hasEnded = true;
    this.current = 'ended';
    // Before anybody is told: who closes the line as well knows no reason.
    this.transport.close(error ? 1002 : 1000, reason);
    this.receiver?.ended({ error, closed: undefined });
  }

  /** Closes the line; what was sent goes out first. */
  close(): void {
    this.transport.close();
  }

  /** The frame of a message. @throws {@link SerializationError} */
  protected write(message: Out, _shared?: FrameCache): Frame {
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

  /** The other side takes no more, as it has said. */
  limitFrames(maxBytes: number): void {
    this.maxFrameBytes = Math.min(this.maxFrameBytes, maxBytes);
  }

  /** Does something that a message asked for. What it throws ends the link as a violation, as it would at once. */
  guard(task: () => void): void {
    try {
      task();
    } catch (thrown) {
      // WAMP "Session Closing": who has said GOODBYE says nothing after it, and takes only the answer. What is no message is ignored as well.
      if (this.current === 'leaving') return;
      // WELCOME, say, that does not fit: nobody has made a mistake, but there is no way on.
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

  /** The message in a frame. @throws {@link ProtocolError} */
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
    if (Array.isArray(list)) this.log('received', list);
    return parseMessage(list, this.side.inbound);
  }

  protected log(direction: 'sent' | 'received', list: readonly unknown[]): void {
    this.tap?.(direction, withoutSecrets(list));
  }

  private end(error: ProtocolError | undefined, closed: Closed | undefined): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.current = 'ended';
    this.receiver?.ended({ error, closed });
  }
}

/** With what it is about. */
function described(message: Message): string {
  const about = 'procedure' in message ? message.procedure : 'topic' in message ? message.topic : undefined;
  return about === undefined ? nameOf(message.type) : `${nameOf(message.type)} ${about}`;
}

/** For logs. */
export function withoutSecrets(list: readonly unknown[]): readonly unknown[] {
  return list[0] === Code.AUTHENTICATE ? [list[0], '(secret)', {}] : list;
}

/** Of the transport's own rules, as those of batches. By `uri`: the transport may come from another copy of this package. */
function violationIn({ error }: Closed): ProtocolError | undefined {
  return (error as { uri?: unknown } | undefined)?.uri === PROTOCOL_VIOLATION ? (error as ProtocolError) : undefined;
}

/** What ends a session must arrive: where it is too long, without its text. */
function shortened(message: Message): Abort | Goodbye | undefined {
  if (message.type !== Code.ABORT && message.type !== Code.GOODBYE) return undefined;
  const reason = message.reason.length > 100 ? PAYLOAD_SIZE_EXCEEDED : message.reason;
  const isShort = reason === message.reason && Object.keys(message.details).length === 0;
  return isShort ? undefined : { type: message.type, details: {}, reason };
}
