/*
 * WAMP "Subscribing and Unsubscribing", "Events". Several handlers share one subscription of the wire: the router answers SUBSCRIBE of
 * the same topic with the same id, and UNSUBSCRIBE goes out when the last handler goes.
 */

import { asyncDispose } from '../../dispose.ts';
import { ProtocolError, type WampError } from '../../errors.ts';
import { Code, type Event, type Subscribed, type Unsubscribed } from '../../protocol/messages.ts';
import type { Match } from '../../protocol/uri.ts';
import { type Dict, type Id, isThenable, type Uri } from '../../words.ts';
import type { SubscribeOptions } from '../api/options.ts';
import type { EventDetails, WampEvent } from '../api/payload.ts';
import type { Subscription } from '../api/session-api.ts';
import type { AnyHandler } from '../core/callbacks.ts';
import { type Ending, ending } from '../core/ending.ts';
import { type Foreign, SUBSCRIBE, wireOptions } from '../core/local-options.ts';
import { unpack } from '../core/passthru.ts';
import { type Settle, throwIfAborted } from '../core/requests.ts';
import { checkUri, type Role } from '../core/role.ts';
import { Departures } from './departures.ts';
import { revocation } from './revocation.ts';

/** Looks at a subscription before anything is sent, and gives the options for the wire. @throws What is wrong with it. */
export function checkSubscription(topic: string, handler: unknown, options: SubscribeOptions | undefined, foreign?: Foreign): Dict {
  checkUri(topic, options?.match);
  if (typeof handler !== 'function')
    throw new TypeError(`expected the handler of ${topic} to be a function, got ${typeof handler}`);
  return wireOptions(options, SUBSCRIBE, foreign);
}

/** One subscription on the wire. */
interface WireSubscription {
  readonly id: Id;
  readonly key: string;
  readonly topic: Uri;
  handlers: readonly Entry[];
  /** Who asked last for retained events, if anybody: the router sends them to the subscription, which others may share. */
  retainedTo?: readonly Entry[];
}

/** One handler of it. */
interface Entry {
  readonly handler: AnyHandler;
  readonly ending: Ending;
  /** Takes its events in the handler's place. */
  readonly gate: Pass | undefined;
}

export type Pass = (event: WampEvent) => void;
/** Made with SUBSCRIBED; `pass` calls the handler. */
export type MakeGate = (pass: Pass) => Pass;

export class Subscriber {
  private readonly role: Role;
  private readonly byId = new Map<Id, WireSubscription>();
  private readonly byKey = new Map<string, WireSubscription>();
  /** How many SUBSCRIBEs are unanswered, by topic: while one is, the subscription is not given up. */
  private readonly claims = new Map<string, number>();
  /** Those that were ours: an EVENT may still come, and is dropped. */
  private readonly leaving: Departures;

  constructor(role: Role) {
    this.role = role;
    this.leaving = new Departures(role, 'subscription');
  }

  get active(): readonly Subscription[] {
    return [...this.byId.values()].flatMap((wire) => wire.handlers.map((entry) => this.handle(wire, entry)));
  }

  subscribe(
    settle: Settle<Subscription>,
    topic: string,
    handler: AnyHandler,
    options: SubscribeOptions | undefined,
    makeGate?: MakeGate,
  ): void {
    const { link, requests } = this.role;
    const match: Match = options?.match ?? 'exact';
    const wire = checkSubscription(topic, handler, options, this.role.foreign);
    const { get_retained } = wire;
    throwIfAborted(options);
    link.send({ type: Code.SUBSCRIBE, request: requests.next, options: wire, topic });
    const key = `${match} ${topic}`;
    this.claims.set(key, (this.claims.get(key) ?? 0) + 1);
    let isClaimed = true;
    const unclaim = (): void => {
      if (isClaimed) this.unclaim(key);
      isClaimed = false;
    };
    /** Who asked for retained events: nobody, if it was given up meanwhile. */
    const retainedTo = (wire: WireSubscription, ...entries: readonly Entry[]): void => {
      if (get_retained) wire.retainedTo = entries;
    };
    const asked: Settle<Id> = {
      resolve: (id) => {
        const gate = makeGate?.(({ args, kwargs, details }) => this.run(handler, args, kwargs, details, details.topic));
        const entry: Entry = { handler, ending: ending(), gate };
        const wire = this.wire(id, key, topic);
        wire.handlers = [...wire.handlers, entry];
        retainedTo(wire, entry);
        unclaim(); // first: what is given back at once is given back to the router, too
        settle.resolve(this.handle(wire, entry));
      },
      reject: settle.reject,
      answered: (id) => {
        if (isClaimed && id !== undefined) retainedTo(this.wire(id, key, topic));
        unclaim();
      },
    };
    requests.wait(Code.SUBSCRIBE, asked, options);
  }

  /** Runs inside the handling of SUBSCRIBED: the next message of the same read may be an EVENT. */
  subscribed(message: Subscribed): void {
    this.role.requests.take(message.request, Code.SUBSCRIBE, message.type).resolve(message.subscription);
  }

  unsubscribed(message: Unsubscribed): void {
    if (message.request === 0) return this.revoked(message.details ?? {});
    this.role.requests.take(message.request, Code.UNSUBSCRIBE, message.type).resolve(undefined);
  }

  /** WAMP "Subscription Revocation": the router takes it away. One that we are leaving anyway is none of ours any more. */
  private revoked({ subscription, reason }: Dict): void {
    const id = subscription as Id;
    const wire = this.byId.get(id);
    if (wire || this.leaving.has(id)) this.leaving.forget(id);
    if (!wire) return;
    this.forget(wire);
    const error = revocation(reason, 'wamp.error.no_such_subscription', `the router took the subscription of ${wire.topic} away`);
    for (const entry of wire.handlers) entry.ending.end(error);
    wire.handlers = [];
  }

  event(received: Event): void {
    const message = unpack(this.role, received);
    const wire = this.byId.get(message.subscription);
    if (wire === undefined) {
      if (this.leaving.has(message.subscription)) return; // it crossed our UNSUBSCRIBE, or the router was late
      throw new ProtocolError(`got EVENT for subscription ${message.subscription}, which this session does not have`);
    }
    const topic = (message.details.topic ?? wire.topic) as Uri;
    // Just decoded, so ours to complete. One by one: Object.assign takes a seventh of all that an event takes here.
    const details = message.details as { -readonly [key in keyof EventDetails]: EventDetails[key] };
    details.subscription = message.subscription;
    details.publication = message.publication;
    details.topic = topic;
    if (message.wrong) return this.role.report(message.wrong, 'event', topic);
    const { args = [], kwargs = {} } = message;
    for (const { handler, gate, ending } of (details.retained && wire.retainedTo) || wire.handlers) {
      if (!ending.isOpen) continue; // unsubscribed by a handler before it
      if (gate) gate({ args, kwargs, details });
      else this.run(handler, args, kwargs, details, topic);
    }
  }

  end(error: WampError | undefined): void {
    for (const { handlers } of this.byId.values()) for (const entry of handlers) entry.ending.end(error);
    this.byId.clear();
    this.byKey.clear();
  }

  private run(handler: AnyHandler, args: readonly unknown[], kwargs: object, details: object, topic: Uri): void {
    try {
      const outcome = handler(args as never, kwargs as never, details as never);
      if (isThenable(outcome)) outcome.then(undefined, (error: unknown) => this.role.report(error, 'event', topic));
    } catch (error) {
      this.role.report(error, 'event', topic);
    }
  }

  private wire(id: Id, key: string, topic: Uri): WireSubscription {
    const known = this.byId.get(id);
    if (known) return known;
    const wire: WireSubscription = { id, key, topic, handlers: [] };
    this.byId.set(id, wire);
    this.byKey.set(key, wire);
    return wire;
  }

  private unclaim(key: string): void {
    const left = (this.claims.get(key) ?? 1) - 1;
    if (left > 0) {
      this.claims.set(key, left);
      return;
    }
    this.claims.delete(key);
    // Who left while a SUBSCRIBE was under way left the subscription to it; if that came to nothing, nobody is there.
    const wire = this.byKey.get(key);
    if (wire?.handlers.length === 0) void this.release(wire);
  }

  private handle(wire: WireSubscription, entry: Entry): Subscription {
    const unsubscribe = (): Promise<void> => {
      if (!entry.ending.isOpen) return Promise.resolve();
      wire.handlers = wire.handlers.filter((each) => each !== entry);
      entry.ending.end(undefined);
      return wire.handlers.length > 0 || this.claims.has(wire.key) ? Promise.resolve() : this.release(wire);
    };
    return {
      id: wire.id,
      topic: wire.topic,
      get isActive() {
        return entry.ending.isOpen;
      },
      ended: entry.ending.ended,
      unsubscribe,
      [asyncDispose]: unsubscribe,
    };
  }

  private forget(wire: WireSubscription): void {
    this.byId.delete(wire.id);
    if (this.byKey.get(wire.key) === wire) this.byKey.delete(wire.key);
  }

  private release(wire: WireSubscription): Promise<void> {
    const { id, topic } = wire;
    this.forget(wire);
    return this.leaving.leave(id, topic, (request) => ({ type: Code.UNSUBSCRIBE, request, subscription: id }));
  }
}
