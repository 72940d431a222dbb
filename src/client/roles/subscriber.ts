/*
 * WAMP "Subscribing and Unsubscribing", "Events". Several handlers share one subscription of the wire: the router answers SUBSCRIBE of
 * the same topic with the same id, and UNSUBSCRIBE goes out when the last handler goes.
 */
import { asyncDispose } from '../../base/dispose.ts';
import { ProtocolError, type WampError } from '../../base/errors.ts';
import { type Dict, type Id, isThenable, type Uri } from '../../base/words.ts';
import { Code } from '../../protocol/messages.ts';
import type { SubscribeOptions } from '../api/options.ts';
import type { EventDetails } from '../api/payload.ts';
import type { Subscription } from '../api/session-api.ts';
import type { AnyHandler } from '../kernel/callbacks.ts';
import { type Ending, ending } from '../kernel/ending.ts';
import type { MakeGate, Pass } from '../kernel/kernel.ts';
import { type Settle, throwIfAborted } from '../kernel/settle.ts';
import type { Handlers, SessionContext } from './context.ts';
import { createDepartures } from './departures.ts';
import { unpack } from './packing.ts';
import { revocation } from './revocation.ts';

/** One subscription on the wire. */
interface WireSubscription {
  readonly id: Id;
  readonly key: string;
  readonly topic: Uri;
  handlers: readonly Entry[];
  /** The handlers that asked last for retained events, if any: the router sends them to the subscription, which others may share. */
  retainedTo?: readonly Entry[];
}

/** One handler of it. */
interface Entry {
  readonly handler: AnyHandler;
  readonly ending: Ending;
  readonly gate: Pass | undefined;
}

export interface Subscriber {
  readonly active: readonly Subscription[];
  subscribe(
    settle: Settle<Subscription>,
    topic: string,
    handler: AnyHandler,
    options: SubscribeOptions | undefined,
    makeGate?: MakeGate,
  ): void;
  /** The session has ended. Undefined: by our own `leave()`. */
  end(error: WampError | undefined): void;
  readonly handlers: Pick<Handlers, typeof Code.SUBSCRIBED | typeof Code.UNSUBSCRIBED | typeof Code.EVENT>;
}

export function createSubscriber(context: SessionContext): Subscriber {
  const { kernel, link, requests } = context;
  const byId = new Map<Id, WireSubscription>();
  const byKey = new Map<string, WireSubscription>();
  /** How many SUBSCRIBEs are unanswered, by topic: while one is, the subscription is not given up. */
  const claims = new Map<string, number>();
  /** Those that this session had: an EVENT may still come, and is dropped. */
  const departures = createDepartures(context, 'subscription');

  const run = (handler: AnyHandler, args: readonly unknown[], kwargs: Dict, details: EventDetails, topic: Uri): void => {
    try {
      const outcome = handler(args, kwargs, details);
      if (isThenable(outcome)) outcome.then(undefined, (error: unknown) => kernel.report(error, 'event', topic));
      else if (typeof outcome === 'object' && outcome !== null && 'next' in outcome)
        throw new TypeError('expected a handler that runs when it is called, got a generator');
    } catch (error) {
      kernel.report(error, 'event', topic);
    }
  };

  const wireOf = (id: Id, key: string, topic: Uri): WireSubscription => {
    const known = byId.get(id);
    if (known) return known;
    const wire: WireSubscription = { id, key, topic, handlers: [] };
    byId.set(id, wire);
    byKey.set(key, wire);
    return wire;
  };

  const forget = ({ id, key }: WireSubscription): void => {
    byId.delete(id);
    if (byKey.get(key)?.id === id) byKey.delete(key);
  };

  const release = (wire: WireSubscription): Promise<void> => {
    forget(wire);
    return departures.leave(wire.id, wire.topic);
  };

  const unclaim = (key: string): void => {
    const left = (claims.get(key) ?? 1) - 1;
    if (left > 0) return void claims.set(key, left);
    claims.delete(key);
    // A handler that unsubscribed while a SUBSCRIBE was unanswered left the subscription to that one; if it failed, there is no handler.
    const wire = byKey.get(key);
    if (wire?.handlers.length === 0) void release(wire);
  };

  const handleOf = (wire: WireSubscription, entry: Entry): Subscription => {
    const { ending } = entry;
    const unsubscribe = (): Promise<void> => {
      if (!ending.isOpen) return Promise.resolve();
      wire.handlers = wire.handlers.filter((each) => each !== entry);
      ending.end(undefined);
      return wire.handlers.length > 0 || claims.has(wire.key) ? Promise.resolve() : release(wire);
    };
    return {
      id: wire.id,
      topic: wire.topic,
      get isActive() {
        return ending.isOpen;
      },
      ended: ending.ended,
      unsubscribe,
      [asyncDispose]: unsubscribe,
    };
  };

  return {
    get active() {
      return [...byId.values()].flatMap((wire) => wire.handlers.map((entry) => handleOf(wire, entry)));
    },

    subscribe(settle, topic, handler, options, makeGate) {
      const wireOptions = kernel.fit.subscribe(topic, handler, options);
      throwIfAborted(options);
      link.send({ type: Code.SUBSCRIBE, request: requests.next, options: wireOptions, topic });
      const key = `${options?.match ?? 'exact'} ${topic}`;
      claims.set(key, (claims.get(key) ?? 0) + 1);
      let isClaimed = true;
      const answered = (): void => {
        if (isClaimed) unclaim(key);
        isClaimed = false;
      };
      /** Those who asked for retained events: nobody, if it was given up meanwhile. */
      const retainedTo = (wire: WireSubscription, ...entries: readonly Entry[]): void => {
        if (wireOptions.get_retained) wire.retainedTo = entries;
      };
      const asked: Settle<Id> = {
        resolve(id) {
          const gate = makeGate?.(({ args, kwargs, details }) => run(handler, args, kwargs, details, details.topic));
          const entry: Entry = { handler, ending: ending(), gate };
          const wire = wireOf(id, key, topic);
          wire.handlers = [...wire.handlers, entry];
          retainedTo(wire, entry);
          answered(); // first: what is given back at once is given back to the router, too
          settle.resolve(handleOf(wire, entry));
        },
        reject: settle.reject,
        answered(id) {
          if (isClaimed && id !== undefined) retainedTo(wireOf(id, key, topic));
          answered();
        },
      };
      requests.wait(Code.SUBSCRIBE, asked, options);
    },

    end(error) {
      for (const { handlers } of byId.values()) for (const entry of handlers) entry.ending.end(error);
      byId.clear();
      byKey.clear();
    },

    handlers: {
      /** Settles inside the handling of SUBSCRIBED: the next message of the same read may be an EVENT. */
      [Code.SUBSCRIBED](message) {
        requests.take(message.request, Code.SUBSCRIBE, message.type).resolve(message.subscription);
      },

      [Code.UNSUBSCRIBED]({ type, request, details }) {
        if (request !== 0) return requests.take(request, Code.UNSUBSCRIBE, type).resolve(undefined);
        // WAMP "Subscription Revocation": the router takes it away. One that we are leaving anyway is over by that.
        const id = details?.subscription ?? 0;
        const wire = byId.get(id);
        if (wire || departures.has(id)) departures.forget(id);
        if (!wire) return;
        forget(wire);
        const text = `the router took the subscription of ${wire.topic} away`;
        const error = revocation(details?.reason, 'wamp.error.no_such_subscription', text);
        for (const entry of wire.handlers) entry.ending.end(error);
        wire.handlers = [];
      },

      [Code.EVENT](received) {
        const message = unpack(kernel, received);
        const { subscription } = message;
        const wire = byId.get(subscription);
        if (wire === undefined) {
          if (departures.has(subscription)) return; // it crossed our UNSUBSCRIBE, or the router was late
          throw new ProtocolError(`got EVENT for subscription ${subscription}, which this session does not have`);
        }
        const topic = message.details.topic ?? wire.topic;
        // Just decoded, so ours to complete. One by one: Object.assign takes a seventh of all that an event takes here.
        const details = message.details as { -readonly [key in keyof EventDetails]: EventDetails[key] };
        details.subscription = subscription;
        details.publication = message.publication;
        details.topic = topic;
        if (message.wrong) return kernel.report(message.wrong, 'event', topic);
        const { args = [], kwargs = {} } = message;
        for (const { handler, gate, ending } of (details.retained && wire.retainedTo) || wire.handlers) {
          if (!ending.isOpen) continue; // unsubscribed by a handler before it
          if (gate) gate({ args, kwargs, details });
          else run(handler, args, kwargs, details, topic);
        }
      },
    },
  };
}
