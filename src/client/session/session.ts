/*
 * One session: a facade over the four roles, and which of them takes which message. How it begins is in join.ts; that it ends, and what
 * becomes of all that waits, is here.
 */
import { type Clock, elapsed } from '../../base/clock.ts';
import { makeDisposable } from '../../base/dispose.ts';
import { ApplicationError, ConnectionLostError, type WampError } from '../../base/errors.ts';
import { checkOptions } from '../../base/options.ts';
import { showAs } from '../../base/shown.ts';
import type { Dict, Id } from '../../base/words.ts';
import type { Link, LinkEnd, LinkReceiver } from '../../link/link.ts';
import { announced } from '../../protocol/features.ts';
import { Code, type FromClient, type FromRouter, type Goodbye, type Welcome } from '../../protocol/messages.ts';
import { CLOSE_NORMAL, canonical, GOODBYE_AND_OUT, NETWORK_FAILURE } from '../../protocol/uris.ts';
import { TOO_BIG } from '../../transport/close-codes.ts';
import type { ApiShape } from '../api/contract.ts';
import type { AcknowledgedOptions, CallOptions, RegisterOptions, SubscribeOptions, UnacknowledgedOptions } from '../api/options.ts';
import type { Publication } from '../api/payload.ts';
import { type Result, toResult, toValueOf } from '../api/result.ts';
import type { LeaveOptions, Registration, RouterFeatures, Session, Subscription, WelcomeDetails } from '../api/session-api.ts';
import type { AnyEndpoint, AnyHandler } from '../kernel/callbacks.ts';
import { ending } from '../kernel/ending.ts';
import type { Kernel, KernelSession, Verbs } from '../kernel/kernel.ts';
import { type Subject, said } from '../kernel/said.ts';
import { promised, type Settle } from '../kernel/settle.ts';
import { leaving } from '../kernel/verb-options.ts';
import { type Callee, createCallee } from '../roles/callee.ts';
import { type Caller, createCaller } from '../roles/caller.ts';
import type { Handlers } from '../roles/context.ts';
import { unpack } from '../roles/packing.ts';
import { createPublisher } from '../roles/publisher.ts';
import { createRequests, type Requests } from '../roles/requests.ts';
import { createSubscriber, type Subscriber } from '../roles/subscriber.ts';
import { rawVerbs } from './raw-verbs.ts';
import { aborted, sayWhy, transportLost } from './session-end.ts';

/** Answers and GOODBYE have to fit: a router that says less cannot mean it. */
const LEAST_BYTES = 512;
/** How long the router may take to answer our GOODBYE. */
const LEAVE_TIMEOUT_MS = 2000;

type Args = readonly unknown[] | null;
type Kwargs = Dict | null;

/** A session as its user sees it: contracts are types only. */
export function asSession<Api extends ApiShape>(session: object): Session<Api> {
  return session as Session<Api>;
}

/** What stands behind `Session<Api>`. */
export class SessionCore implements KernelSession, LinkReceiver<FromRouter> {
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  readonly id: Id;
  readonly realm: string;
  readonly authid: string;
  readonly authrole: string;
  readonly authmethod: string;
  readonly details: WelcomeDetails;
  readonly features: RouterFeatures;
  readonly link: Link<FromRouter, FromClient>;
  readonly kernel: Kernel;
  readonly caller: Caller;
  readonly subscriber: Subscriber;
  readonly callee: Callee;
  readonly settled: (() => void)[] = [];
  readonly over: ((why: WampError) => void)[] = [];
  readonly raw: Verbs;
  /** When the last message came, on the clock for durations. */
  heardAt: number;
  private heardBytes: number | undefined = undefined;
  /** A message of this length was too long for the router. */
  tooLong: number | undefined;
  /** Called when `leave()` has said GOODBYE: nothing more is asked in it. */
  onLeave: (() => void) | undefined;
  /** Called once, inside the handling of what ended it. Undefined: our own `leave()`. */
  onEnd: ((error: WampError | undefined) => void) | undefined;
  private readonly verbs: Verbs;
  private readonly requests: Requests;
  private readonly handlers: { readonly [code in Code]?: (message: never) => void };
  /** Run with why, when all that was asked so far is given up. */
  private readonly givenUp: ((why: WampError) => void)[] = [];
  private readonly ending = ending();
  /** We have said GOODBYE; called when it is over. */
  private leaving: (() => void) | undefined;
  /** Why it has ended; undefined: we left it. */
  private why: WampError | undefined;

  constructor(kernel: Kernel, link: Link<FromRouter, FromClient>, welcome: Welcome) {
    makeDisposable(this, () => this.leave());
    showAs(this, 'id', 'realm', 'authid', 'authrole', 'isOpen');
    const details: WelcomeDetails = welcome.details; // checked by the row of WELCOME
    this.id = welcome.session;
    this.details = details;
    this.realm = details.realm ?? kernel.options.realm;
    this.authid = details.authid ?? '';
    this.authrole = details.authrole ?? '';
    this.authmethod = details.authmethod ?? 'anonymous';
    this.features = announced(welcome.details, ['broker', 'dealer']);
    this.link = link;
    this.kernel = kernel;
    this.heardAt = elapsed(kernel.clock);
    // A longer message is refused here, and the session goes on.
    for (const most of [kernel.options.maxMessageBytes, details._max_message_bytes])
      if (typeof most === 'number' && most >= LEAST_BYTES) link.limitFrames(most);
    this.requests = createRequests(kernel.clock, () => {
      for (const settled of this.settled) settled();
    });
    const context = { kernel, session: this, link, requests: this.requests, features: this.features };
    const caller = createCaller(context);
    this.caller = caller;
    const publisher = createPublisher(context);
    this.subscriber = createSubscriber(context);
    this.callee = createCallee(context);
    this.handlers = {
      ...caller.handlers,
      ...publisher.handlers,
      ...this.subscriber.handlers,
      ...this.callee.handlers,
      ...this.ownHandlers(),
    } satisfies Handlers;
    this.raw = rawVerbs(this, caller, publisher);
    const session = (): KernelSession | undefined => (this.isOpen ? this : undefined);
    const scope = { isConnection: false, session, over: this.givenUp };
    this.verbs = kernel.verbs.reduce((inner, around) => around(inner, scope), this.raw);
    for (const began of kernel.began) began(this);
  }

  get isOpen(): boolean {
    return this.ending.isOpen && this.leaving === undefined;
  }

  get ended(): Promise<WampError | undefined> {
    return this.ending.ended;
  }

  get subscriptions(): readonly Subscription[] {
    return this.subscriber.active;
  }

  get registrations(): readonly Registration[] {
    return this.callee.active;
  }

  get clock(): Clock {
    return this.kernel.clock;
  }

  get pending(): number {
    return this.requests.pending;
  }

  get running(): number {
    return this.callee.invocations.size;
  }

  call(procedure: string, args?: Args, kwargs?: Kwargs, options?: CallOptions): Promise<unknown> {
    return this.verbs.call(toValueOf, procedure, args, kwargs, options);
  }

  callResult(procedure: string, args?: Args, kwargs?: Kwargs, options?: CallOptions): Promise<Result> {
    return this.verbs.call(toResult, procedure, args, kwargs, options);
  }

  publish(
    topic: string,
    args?: Args,
    kwargs?: Kwargs,
    options?: AcknowledgedOptions | UnacknowledgedOptions,
  ): Promise<Publication> | undefined {
    return this.verbs.publish(topic, args, kwargs, options);
  }

  subscribe(topic: string, handler: AnyHandler, options?: SubscribeOptions): Promise<Subscription> {
    let active: Subscription | undefined;
    const hooked = this.kernel.handler?.(handler, () => active?.isActive === false) ?? handler;
    return this.stand('topic', topic, (settle: Settle<Subscription>) => {
      const resolve = (subscription: Subscription): void => {
        active = subscription;
        settle.resolve(subscription);
      };
      this.subscriber.subscribe({ ...settle, resolve }, topic, hooked, options);
    });
  }

  register(procedure: string, endpoint: AnyEndpoint, options?: RegisterOptions): Promise<Registration> {
    return this.stand('procedure', procedure, (settle) =>
      this.callee.register(settle, procedure, ...(this.kernel.endpoint?.(procedure, endpoint, options) ?? [endpoint, options])),
    );
  }

  /** WAMP "Session Closing": GOODBYE, then only the router's GOODBYE counts. */
  async leave(options: LeaveOptions = {}): Promise<void> {
    checkOptions('leave', options, leaving);
    if (this.isOpen) this.sayGoodbye(options);
    await this.ended;
  }

  private sayGoodbye({ reason = CLOSE_NORMAL, message }: LeaveOptions): void {
    const { clock } = this;
    const timer = clock.setTimeout(() => this.finish(undefined), LEAVE_TIMEOUT_MS);
    this.leaving = () => clock.clearTimeout(timer);
    this.link.send({ type: Code.GOODBYE, details: message === undefined ? {} : { message }, reason });
    // Nobody will answer them now: WAMP has the router's side drop what is open.
    this.giveUpAll(new ConnectionLostError(reason, 'we left the session before an answer came'));
    this.onLeave?.();
  }

  /** The router is told, should it hear it. */
  lose(why: string): void {
    const error = new ConnectionLostError(NETWORK_FAILURE, why);
    if (!this.leaving) this.link.send({ type: Code.GOODBYE, details: { message: why }, reason: CLOSE_NORMAL });
    this.finish(error);
  }

  /** What the link receives from WELCOME on. */
  message(message: FromRouter): void {
    this.heard();
    // Of one type each; and the link takes nothing else in an open session.
    (this.handlers[message.type] as (message: FromRouter) => void)(message);
    for (const settled of this.settled) settled();
  }

  /** Once for all messages that came together: the clock costs a tenth of all that an event costs here. */
  private heard(): void {
    const { receivedBytes } = this.link.transport;
    if (receivedBytes && receivedBytes === this.heardBytes) return;
    this.heardBytes = receivedBytes;
    this.heardAt = elapsed(this.kernel.clock);
  }

  /** The transport is gone, or we had to abort the session. */
  linkEnded(end: LinkEnd): void {
    const { longest } = this.link;
    if (end.closed?.code === TOO_BIG) this.tooLong = longest.length;
    this.finish(transportLost(end, longest));
  }

  private giveUpAll(why: WampError): void {
    this.requests.rejectAll(why);
    for (const givenUp of this.givenUp) givenUp(why);
  }

  promised<T>(start: (settle: Settle<T>) => void): Promise<T> {
    return this.isOpen ? promised(start) : Promise.reject(this.notSent());
  }

  /** The same, for what programs often do not wait for: a session that is lost before the router answered makes no unhandled rejection. */
  private stand<T>(subject: Subject, uri: string, start: (settle: Settle<T>) => void): Promise<T> {
    const answer = this.promised(start);
    const asked = said(answer, subject, uri);
    answer.catch((error: unknown) => {
      if (error instanceof ConnectionLostError) asked.catch(() => {});
    });
    return asked;
  }

  notSent(): ConnectionLostError {
    const { why: cause } = this;
    const text = `the session has ended: ${cause?.message ?? 'we left it'}`;
    return new ConnectionLostError(NETWORK_FAILURE, text, { delivery: 'not-sent', cause });
  }

  private ownHandlers(): Pick<Handlers, typeof Code.ERROR | typeof Code.GOODBYE | typeof Code.ABORT> {
    return {
      [Code.ERROR]: (received) => {
        const { requestType, request, error, args, kwargs, details, wrong: cause } = unpack(this.kernel, received);
        // A payload that cannot be unpacked stays packed: the URI says most.
        const why = new ApplicationError(error, args, kwargs, { details, cause });
        if (requestType === Code.YIELD) this.callee.invocations.refused(request, why);
        else this.requests.take(request, requestType, received.type).reject(why);
      },
      [Code.GOODBYE]: (message) => this.goodbye(message),
      [Code.ABORT]: (message) => this.finish(aborted(message)),
    };
  }

  private goodbye({ reason, details }: Goodbye): void {
    if (this.leaving) return this.finish(undefined); // the answer, whatever its reason, or the two have crossed
    this.link.send({ type: Code.GOODBYE, details: {}, reason: GOODBYE_AND_OUT });
    this.finish(new ConnectionLostError(canonical(reason), sayWhy('the router closed the session', reason, details)));
  }

  private finish(error: WampError | undefined): void {
    if (!this.ending.isOpen) return;
    this.leaving?.();
    const why = this.leaving ? undefined : error;
    this.why = why;
    this.ending.end(why);
    const lost = error ?? new ConnectionLostError(CLOSE_NORMAL, 'we left the session');
    this.giveUpAll(lost);
    for (const over of this.over) over(lost);
    this.subscriber.end(why);
    this.callee.end(why);
    this.link.close();
    this.onEnd?.(why);
  }
}
