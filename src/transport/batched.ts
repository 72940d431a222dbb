/*
 * Batches of messages on a transport: what is sent in one tick is sent in one frame. The session sees single messages and the
 * plain serializer. A program must call `batched` to use this; otherwise a bundle does not contain it.
 */
import { messageOf, ProtocolError } from '../base/errors.ts';
import type { Serializer } from '../serializer/serializer.ts';
import { joinBatch, MAX_MESSAGES, type Separator, separatorOf, splitBatch } from './batch.ts';
import { TOO_BIG } from './close-codes.ts';
import { defer } from './platform/tick.ts';
import type { Closed, Frame, Transport, TransportReceiver } from './transport.ts';

/** A serializer for transports whose frames hold several messages. */
export interface BatchedSerializer extends Serializer {
  /** The serializer for a single message. */
  readonly plain: Serializer;
  /** Turns a transport of batches into a transport of messages. `limit`: the most bytes of one incoming message. */
  unbatch(batches: Transport, limit?: number): Transport;
}

/**
 * Offers a serializer for batches: `wamp.2.json.batched` instead of `wamp.2.json`. One WebSocket message then holds several
 * WAMP messages.
 *
 * Autostrada's router accepts both. Crossbar.io accepts batches of MessagePack and CBOR; its batches of JSON do not follow
 * the specification, so do not offer `batched(json())` to it. A transport without batches (a router in this process) uses the
 * plain serializer.
 *
 * @throws TypeError if the argument is not a serializer.
 * @see WAMP, "Batched WebSocket Transport"
 * @example new Connection({ url, realm, serializers: [batched(msgpack()), msgpack(), json()] });
 */
export function batched(serializer: Serializer): BatchedSerializer {
  if (typeof serializer?.encode !== 'function') throw new TypeError(`expected a serializer for batched, got ${typeof serializer}`);
  if (isBatched(serializer)) return serializer;
  return {
    name: `${serializer.name}.batched`,
    isBinary: serializer.isBinary,
    encode: (message) => serializer.encode(message),
    decode: (frame) => serializer.decode(frame),
    plain: serializer,
    unbatch: (batches, limit) => new BatchedLine(batches, serializer, limit),
  };
}

export function isBatched(serializer: Serializer): serializer is BatchedSerializer {
  return 'unbatch' in serializer;
}

/** The plain serializer, for transports that separate messages in their own way. */
export function plainOf(serializer: Serializer): Serializer {
  return isBatched(serializer) ? serializer.plain : serializer;
}

/**
 * A batch is sent when it reaches one of these limits. With the limit of bytes, a batch cannot exceed the other side's limit
 * for frames if its messages alone do not. With the limit of messages, the other side begins to work while this one still
 * does.
 */
export const MAX_BATCH: { readonly bytes: number; readonly messages: number } = { bytes: 2 ** 16, messages: 16 };

class BatchedLine implements Transport {
  readonly serializer: Serializer;
  readonly ping?: (answered: () => void) => void;
  private readonly batches: Transport;
  private readonly limit: number | undefined;
  private receiver: TransportReceiver | undefined;
  private waiting: Frame[] = [];
  private waitingBytes = 0;
  private isDeferred = false;
  /** The separator that the peer uses, once it has sent a batch. */
  private separator: Separator | undefined;

  constructor(batches: Transport, serializer: Serializer, limit: number | undefined) {
    this.batches = batches;
    this.serializer = serializer;
    this.limit = limit;
    if (batches.ping) this.ping = batches.ping.bind(batches);
  }

  get receivedBytes(): number | undefined {
    return this.batches.receivedBytes;
  }

  get unsentBytes(): number | undefined {
    return this.batches.unsentBytes;
  }

  get bufferedBytes(): number {
    return this.batches.bufferedBytes + this.waitingBytes;
  }

  start(receiver: TransportReceiver): void {
    this.receiver = receiver;
    this.batches.start({ frame: (batch) => this.take(batch), closed: (why) => this.end(why) });
  }

  send(frame: Frame): void {
    if (this.waitingBytes + frame.length > MAX_BATCH.bytes) this.flush();
    this.waiting.push(frame);
    this.waitingBytes += frame.length;
    if (this.waiting.length >= MAX_BATCH.messages) return this.flush();
    if (this.isDeferred) return;
    this.isDeferred = true;
    defer(this.later);
  }

  close(code?: number, reason?: string): void {
    this.flush();
    this.batches.close(code, reason);
  }

  pause(): void {
    this.batches.pause?.();
  }

  resume(): void {
    this.batches.resume?.();
  }

  private readonly later = (): void => {
    this.isDeferred = false;
    this.flush();
  };

  private flush(): void {
    if (this.waiting.length === 0) return;
    const batch = joinBatch(this.waiting, this.separator ?? '\x1e');
    this.waiting = [];
    this.waitingBytes = 0;
    this.batches.send(batch);
  }

  private take(batch: Frame): void {
    const { receiver, serializer } = this;
    // A frame of the wrong kind: the link sends the error to the peer.
    if ((typeof batch === 'string') === serializer.isBinary) return receiver?.frame(batch);
    let frames: Frame[];
    try {
      frames = splitBatch(batch, this.limit, MAX_MESSAGES);
    } catch (error) {
      return this.fail(error);
    }
    if (typeof batch === 'string') this.separator ??= separatorOf(batch);
    for (const frame of frames) this.receiver?.frame(frame);
  }

  /** WAMP "Batched WebSocket Transport": an illegal batch fails the transport. Nothing more is sent or delivered. */
  private fail(error: unknown): void {
    const code = error instanceof ProtocolError ? 1002 : TOO_BIG;
    this.waiting = [];
    this.waitingBytes = 0;
    this.batches.close(code, messageOf(error));
    this.end({ clean: false, code, reason: messageOf(error), error });
  }

  private end(why: Closed): void {
    const { receiver } = this;
    this.receiver = undefined;
    receiver?.closed(why);
  }
}
