/*
 * Events as a stream, and the next event as a promise.
 */
import { ConnectionLostError, TimeoutError } from '../../base/errors.ts';
import { checkGiven } from '../../base/given.ts';
import type { Dict } from '../../base/words.ts';
import type { Match } from '../../protocol/uri.ts';
import { CLOSE_NORMAL } from '../../protocol/uris.ts';
import type { EventArgs, EventKwargs, FitTopic, Subscribable, TopicOf } from '../api/contract.ts';
import type { SubscribeOptions } from '../api/options.ts';
import type { WampEvent } from '../api/payload.ts';
import { limit, reasonOf } from '../kernel/limit.ts';
import { promised, throwIfAborted } from '../kernel/settle.ts';
import { type Following, follow } from './follow.ts';
import type { AnyPeer, ApiOf } from './peers.ts';
import { type BufferOptions, type Source, StreamBuffer } from './stream-buffer.ts';

export interface EventStream<A extends readonly unknown[] = readonly unknown[], K extends object = Dict>
  extends AsyncIterableIterator<WampEvent<A, K>>,
    AsyncDisposable {
  /** Resolves when the router has answered the subscription; rejects when it refuses it. Ignoring it is fine: the stream throws as well. */
  readonly ready: Promise<void>;
  /** How many events were not kept, because nobody read fast enough. */
  readonly dropped: number;
  [Symbol.asyncIterator](): EventStream<A, K>;
}

/**
 * Events as a stream: one after the other, and kept while the loop is busy, but not without limit.
 *
 * Subscribes at once; leaving the loop unsubscribes. On a session it ends with the session, by throwing why; on a connection it goes on
 * after a reconnect. `session.leave()` and `connection.close()` end it without an error.
 *
 * @param options - Those of `subscribe` and {@link BufferOptions}. `signal`: ends the stream by throwing its reason. `timeoutMs`: for the answer
 *   to the subscription, in milliseconds.
 * @throws TypeError for anything but a connection or session, and for wrong options. While it is read: what refused or ended the subscription.
 * @example
 * for await (const { args: [headline] } of events<[string]>(connection, 'com.example.news')) console.log(headline);
 */
export function events<
  A extends readonly unknown[] = readonly unknown[],
  K extends object = Dict,
  P extends AnyPeer = AnyPeer,
  Kind extends Match = Match,
  T extends TopicOf<Subscribable<ApiOf<P>>, Kind> = TopicOf<Subscribable<ApiOf<P>>, Kind>,
>(
  peer: P,
  topic: FitTopic<Subscribable<ApiOf<P>>, T, Kind>,
  options?: SubscribeOptions<Kind> & BufferOptions,
): EventStream<EventArgs<Subscribable<ApiOf<P>>, T, Kind, A>, EventKwargs<Subscribable<ApiOf<P>>, T, Kind, K>>;
export function events(peer: AnyPeer, topic: unknown, options: SubscribeOptions & BufferOptions = {}): EventStream {
  checkGiven('events of a connection or session', peer, 'subscribe');
  checkGiven('options of events to be an object', options ?? {});
  return new Events(peer, topic, options ?? {});
}

class Events extends StreamBuffer<WampEvent> implements EventStream {
  private readonly following: Following | undefined;
  private readonly refused: Promise<void> | undefined;

  constructor(peer: AnyPeer, topic: unknown, options: SubscribeOptions & BufferOptions) {
    const { signal, maxBuffered, onOverflow, onSlow, ...wire } = options;
    const source: Source = { what: `events of ${String(topic)}`, signal, release: () => this.following?.stop() };
    super({ maxBuffered, onOverflow, onSlow }, source);
    if (signal?.aborted) {
      const reason = reasonOf(signal);
      this.abort(reason);
      this.refused = Promise.reject(reason);
      this.refused.catch(() => {});
      return;
    }
    this.following = follow(peer, topic, wire, { event: (event) => this.push(event), ended: (failure) => this.end(failure) });
  }

  get ready(): Promise<void> {
    const ready = this.refused ?? this.following?.ready ?? Promise.resolve();
    ready.catch(() => {});
    return ready;
  }

  override next(): Promise<IteratorResult<WampEvent, undefined>> {
    void this.ready; // a refusal is thrown where the stream is read
    return super.next();
  }
}

/**
 * The next event of a topic. Subscribes, and unsubscribes when it has come.
 *
 * On a connection it is waited for through reconnects.
 *
 * @param options - Those of `subscribe`. `timeoutMs`: for the event, in milliseconds; 0 or absent: no limit. `signal`: gives up.
 * @throws {@link ConnectionLostError} when the session or the connection ends first; {@link TimeoutError}; `signal.reason`; what refused the
 *   subscription.
 */
export function nextEvent<
  A extends readonly unknown[] = readonly unknown[],
  K extends object = Dict,
  P extends AnyPeer = AnyPeer,
  Kind extends Match = Match,
  T extends TopicOf<Subscribable<ApiOf<P>>, Kind> = TopicOf<Subscribable<ApiOf<P>>, Kind>,
>(
  peer: P,
  topic: FitTopic<Subscribable<ApiOf<P>>, T, Kind>,
  options?: SubscribeOptions<Kind>,
): Promise<WampEvent<EventArgs<Subscribable<ApiOf<P>>, T, Kind, A>, EventKwargs<Subscribable<ApiOf<P>>, T, Kind, K>>>;
export function nextEvent(peer: AnyPeer, topic: unknown, options: SubscribeOptions = {}): Promise<WampEvent> {
  return promised((settle) => {
    checkGiven('nextEvent of a connection or session', peer, 'subscribe');
    checkGiven('options of nextEvent to be an object', options ?? {});
    const { signal, timeoutMs, ...wire } = options ?? {};
    throwIfAborted({ signal, timeoutMs });
    let following: Following | undefined;
    const stop = (): void => {
      off();
      following?.stop();
    };
    const fail = (error: unknown): void => {
      stop();
      settle.reject(error);
    };
    const late = (ms: number): unknown => new TimeoutError(`no event of ${String(topic)} in ${ms} ms`);
    const off = limit(peer.clock, { signal, timeoutMs }, fail, late);
    following = follow(peer, topic, wire, {
      event: (event) => {
        stop();
        settle.resolve(event);
      },
      ended: (failure) =>
        fail(
          failure ? failure.error : new ConnectionLostError(CLOSE_NORMAL, `it was closed before an event of ${String(topic)} came`),
        ),
    });
    following.ready.catch(() => {}); // `ended` is told
  });
}
