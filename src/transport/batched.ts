/*
 * Batches of messages on a line of frames: what is sent in one tick leaves in one frame. The session above sees single messages, and the
 * plain serializer. `batched` is asked for, so whoever does not ask has none of this in a bundle.
 */
import { messageOf, ProtocolError } from '../base/errors.ts';
import type { Serializer } from '../serializer/serializer.ts';
import { joinBatch, MAX_MESSAGES, type Separator, separatorOf, splitBatch } from './batch.ts';
import { TOO_BIG } from './close-codes.ts';
import { defer } from './tick.ts';
import type { Closed, Frame, Transport, TransportReceiver } from './transport.ts';

/** A serializer for lines whose frames hold several messages. */
export interface BatchedSerializer extends Serializer {
  /** The same for single messages. */
  readonly plain: Serializer;
  /** From a line of batches to a line of messages. `limit`: the most bytes of one message that comes. */
  unbatch(batches: Transport, limit?: number): Transport;
}

/**
 * Offers a serializer for batches: `wamp.2.json.batched` in place of `wamp.2.json`, several messages in one WebSocket message.
 *
 * Routers of Autostrada take both. Crossbar.io takes batches of MessagePack and CBOR; its batches of JSON are not those of the
 * specification, so do not offer it `batched(json())`. A line that knows no batches (a router in this process) takes it as the plain one.
 *
 * @throws TypeError for what is no serializer.
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

/** For lines that frame messages in their own way. */
export function plainOf(serializer: Serializer): Serializer {
  return isBatched(serializer) ? serializer.plain : serializer;
}

/**
 * A batch is closed above this, so that no batch meets a limit of the other side for whole frames that its messages alone would not; and
 * at so many messages, so that the other side begins to work while this one still does.
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
  /** The peer's, once it has said something. */
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
    // Of the wrong kind: the link above says so to the peer.
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
