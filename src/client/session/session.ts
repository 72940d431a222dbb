/*
 * One session, carried out: a facade over the four roles, and the switch that says who takes which message.
 * How it comes to be is in join.ts; that it ends, and what becomes of who waits, is here.
 */
import type { Clock } from '../../clock.ts';
import { makeDisposable } from '../../dispose.ts';
import { ApplicationError, ConnectionLostError, ProtocolError, type WampError } from '../../errors.ts';
import type { Frames, Link, LinkEnd } from '../../link.ts';
import { checkOptions } from '../../options.ts';
import { announced } from '../../protocol/features.ts';
import {
  Code,
  type ErrorMessage,
  type FromClient,
  type FromRouter,
  type Goodbye,
  nameOf,
  type ResultMessage,
  type Welcome,
} from '../../protocol/messages.ts';
import { CLOSE_NORMAL, canonical, GOODBYE_AND_OUT, NETWORK_FAILURE } from '../../protocol/uris.ts';
import { TOO_BIG } from '../../transport/close-codes.ts';
import type { Id, Uri } from '../../words.ts';
import type {
  AcknowledgedOptions,
  CallOptions,
  RegisterOptions,
  SubscribeOptions,
  UnacknowledgedOptions,
  WaitOptions,
} from '../api/options.ts';
import type { PayloadIn, PayloadPassthru, Publication } from '../api/payload.ts';
import { Result, toValue } from '../api/result.ts';
import type { LeaveOptions, Registration, RouterFeatures, Subscription, WelcomeDetails } from '../api/session-api.ts';
import type { AnyHandler, Report } from '../core/callbacks.ts';
import { ending } from '../core/ending.ts';
import { type Foreign, LEAVE } from '../core/local-options.ts';
import type { Points } from '../core/middleware.ts';
import { unpack } from '../core/passthru.ts';
import { promised, Requests, type Settle, waiting } from '../core/requests.ts';
import type { Role } from '../core/role.ts';
import { about, type Subject, said } from '../core/said.ts';
import { protect } from '../invocations/concurrency.ts';
import type { AnyEndpoint } from '../invocations/invocations.ts';
import { Callee } from '../roles/callee.ts';
import { Caller } from '../roles/caller.ts';
import { Publisher } from '../roles/publisher.ts';
import { Subscriber } from '../roles/subscriber.ts';
import { aborted, lineLost, sayWhy } from './aborted.ts';
import { IdleWatch } from './idle.ts';
import { Pulse } from './pulse.ts';
import { untilCallee } from './until-callee.ts';

/** How long the router may take to answer our GOODBYE. */
const LEAVE_TIMEOUT_MS = 2000;

type Args = readonly unknown[] | null;
type Kwargs = object | null;

export interface SessionHooks {
  readonly clock: Clock;
  readonly report: Report;
  readonly passthru: PayloadPassthru | undefined;
  readonly points: Points;
  readonly foreign: Foreign;
  /** What to call for a sign of life where there is no ping. */
  readonly probe: Uri;
  /** Our own `leave()` was called: nothing more is asked in it. */
  left(): void;
  /** What the router takes, as far as it is known. */
  readonly maxMessageBytes?: number | undefined;
  /** Once, inside the handling of what ended it. Undefined: our own `leave()`. */
  ended(error: WampError | undefined): void;
}

/** What stands behind `Session<Api>`; contracts are types only. */
export class SessionCore {
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  readonly id: Id;
  readonly realm: string;
  readonly authid: string;
  readonly authrole: string;
  readonly authmethod: string;
  readonly details: WelcomeDetails;
  readonly features: RouterFeatures;
  /** The four roles, for who settles by callback: the durable handles. */
  readonly caller: Caller;
  readonly callee: Callee;
  readonly publisher: Publisher;
  readonly subscriber: Subscriber;
  readonly pulse: Pulse;
  private readonly link: Link<FromRouter, FromClient>;
  private readonly requests: Requests;
  readonly role: Role;
  private readonly hooks: SessionHooks;
  private readonly ending = ending();
  private readonly idling: IdleWatch;
  /** We have said GOODBYE; called when it is over. */
  private leaving: (() => void) | undefined;
  /** A message of this length was too long for the router. */
  tooLong: number | undefined;
  /** Why it has ended; undefined: we left it. */
  private why: WampError | undefined;

  constructor(link: Link<FromRouter, FromClient>, welcome: Welcome, realm: string, hooks: SessionHooks) {
    makeDisposable(this, () => this.leave());
    this.id = welcome.session;
    const details = welcome.details as unknown as WelcomeDetails; // checked by the row of WELCOME
    this.details = details;
    this.realm = details.realm ?? realm;
    this.authid = details.authid ?? '';
    this.authrole = details.authrole ?? '';
    this.authmethod = details.authmethod ?? 'anonymous';
    this.features = announced(welcome.details, ['broker', 'dealer']);
    this.link = link;
    // What is longer than the router takes is refused here, and the session goes on.
    for (const most of [hooks.maxMessageBytes, details._max_message_bytes])
      if (typeof most === 'number' && most > 0) link.limitFrames(most);
    this.hooks = hooks;
    this.requests = new Requests(hooks.clock);
    const role: Role = { ...hooks, link, requests: this.requests, features: this.features };
    this.role = role;
    this.caller = new Caller(role);
    this.callee = new Callee(role);
    this.publisher = new Publisher(role);
    this.subscriber = new Subscriber(role);
    this.pulse = new Pulse(role, this.caller, hooks.probe);
    this.idling = new IdleWatch(hooks.clock, () => [this.callee.invocations.size, this.pending]);
    // Before the prototype's: the connection, whose own verbs are hooked, goes on by those.
    const { callResult, publish } = this;
    const raw = { callResult: callResult.bind(this), publish: publish.bind(this) };
    Object.assign(this, hooks.points.verbs?.(raw, hooks.report, this.requests));
    this.requests.onGiveUp = this.callee.invocations.onAnswer = () => this.idling.check();
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
    return this.hooks.clock;
  }

  /** Requests that wait for their answer. */
  get pending(): number {
    return this.requests.pending;
  }

  call(procedure: string, args?: Args, kwargs?: Kwargs, options?: CallOptions): Promise<unknown> {
    return said(this.ask(procedure, { args, kwargs }, options, readValue), 'procedure', procedure);
  }

  callResult(procedure: string, args?: Args, kwargs?: Kwargs, options?: CallOptions): Promise<Result> {
    return said(this.ask(procedure, { args, kwargs }, options, readResult), 'procedure', procedure);
  }

  publish(
    topic: string,
    args?: Args,
    kwargs?: Kwargs,
    options?: AcknowledgedOptions | UnacknowledgedOptions,
  ): Promise<Publication> | undefined {
    if (options?.acknowledge === true) {
      const sent = this.request<Publication>((settle) => this.publisher.publish(settle, topic, { args, kwargs }, options));
      return said(sent, 'topic', topic);
    }
    try {
      if (!this.isOpen) throw this.notSent();
      this.publisher.publish(undefined, topic, { args, kwargs }, options);
    } catch (error) {
      throw about(error, 'topic', topic);
    }
    return undefined;
  }

  subscribe(topic: string, handler: AnyHandler, options?: SubscribeOptions): Promise<Subscription> {
    let active: Subscription | undefined;
    const hooked = this.role.points.handler?.(handler, () => active?.isActive === false) ?? handler;
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
      this.callee.register(settle, procedure, ...protect(procedure, endpoint, options)),
    );
  }

  rtt(options: WaitOptions = {}): Promise<number> {
    return this.request((settle) => this.pulse.measure(settle, options));
  }

  get frames(): Frames {
    return this.link.frames;
  }

  async idle(options: WaitOptions = {}): Promise<void> {
    checkOptions('idle', options, waiting);
    return this.idling.wait(options);
  }

  /** WAMP "Session Closing": GOODBYE, then only the router's GOODBYE counts. */
  async leave(options: LeaveOptions = {}): Promise<void> {
    checkOptions('leave', options, LEAVE);
    if (this.isOpen) this.sayGoodbye(options);
    await this.ended;
  }

  private sayGoodbye({ reason = CLOSE_NORMAL, message }: LeaveOptions): void {
    const { clock } = this.hooks;
    const timer = clock.setTimeout(() => this.finish(undefined), LEAVE_TIMEOUT_MS);
    this.leaving = () => clock.clearTimeout(timer);
    this.link.send({ type: Code.GOODBYE, details: message === undefined ? {} : { message }, reason });
    // Nobody will answer them now: WAMP has the router's side drop what is open.
    this.requests.rejectAll(new ConnectionLostError(reason, 'we left the session before an answer came'));
    this.hooks.left();
  }

  /** The line is given up. The router is told, should it hear it. */
  lose(error: ConnectionLostError): void {
    if (!this.leaving) this.link.send({ type: Code.GOODBYE, details: { message: error.message }, reason: CLOSE_NORMAL });
    this.finish(error);
  }

  /** What the link receives from WELCOME on. */
  receive(message: FromRouter): void {
    this.pulse.heard();
    this.handle(message);
    this.idling.check();
  }

  private handle(message: FromRouter): void {
    switch (message.type) {
      case Code.RESULT:
        return this.caller.result(message);
      case Code.EVENT:
        return this.subscriber.event(message);
      case Code.INVOCATION:
        return this.callee.invocation(message);
      case Code.PUBLISHED:
        return this.publisher.published(message);
      case Code.SUBSCRIBED:
        return this.subscriber.subscribed(message);
      case Code.UNSUBSCRIBED:
        return this.subscriber.unsubscribed(message);
      case Code.REGISTERED:
        return this.callee.registered(message);
      case Code.UNREGISTERED:
        return this.callee.unregistered(message);
      case Code.ERROR:
        return this.error(message);
      case Code.GOODBYE:
        return this.goodbye(message);
      case Code.ABORT:
        return this.finish(aborted(message));
      case Code.INTERRUPT:
        return this.callee.invocations.interrupt(message);
      case Code.WELCOME:
      case Code.CHALLENGE:
        throw new ProtocolError(`got ${nameOf(message.type)} in an open session`);
      default:
        message satisfies never;
    }
  }

  /** The line is gone, or we had to abort it. */
  lineEnded(end: LinkEnd): void {
    const { longest } = this.link;
    if (end.closed?.code === TOO_BIG) this.tooLong = longest.length;
    this.finish(lineLost(end, longest));
  }

  private ask<T>(
    procedure: string,
    payload: PayloadIn,
    options: CallOptions | undefined,
    read: (result: ResultMessage) => T,
  ): Promise<T> {
    const once = (left: CallOptions | undefined): Promise<T> =>
      this.request((settle) => {
        const { reject } = settle;
        this.caller.call({ resolve: (result) => settle.resolve(read(result)), reject }, procedure, payload, left);
      });
    return untilCallee(this.clock, procedure, options, () => (this.isOpen ? this : undefined), once);
  }

  private request<T>(start: (settle: Settle<T>) => void): Promise<T> {
    return this.isOpen ? promised(start) : Promise.reject(this.notSent());
  }

  /** The same, for what programs often do not wait for: that the line was lost before the router answered is no unhandled rejection. */
  private stand<T>(subject: Subject, uri: string, start: (settle: Settle<T>) => void): Promise<T> {
    const answer = this.request(start);
    const asked = said(answer, subject, uri);
    answer.catch((error: unknown) => {
      if (error instanceof ConnectionLostError) asked.catch(() => {});
    });
    return asked;
  }

  private notSent(): ConnectionLostError {
    const { why: cause } = this;
    const text = `the session has ended: ${cause?.message ?? 'we left it'}`;
    return new ConnectionLostError(NETWORK_FAILURE, text, { delivery: 'not-sent', cause });
  }

  private error(message: ErrorMessage): void {
    const { requestType, request, error, args, kwargs, details, wrong: cause } = unpack(this.role, message);
    // A payload that cannot be unpacked stays packed: the URI says most.
    const why = new ApplicationError(error, args, kwargs, { details, cause });
    if (requestType === Code.YIELD) return this.callee.invocations.refused(request, why);
    this.requests.take(request, requestType, message.type).reject(why);
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
    this.requests.rejectAll(lost);
    this.idling.check(lost);
    this.pulse.end(lost);
    this.subscriber.end(why);
    this.callee.end(why);
    this.link.close();
    this.hooks.ended(why);
  }
}

const readValue = (result: ResultMessage): unknown => toValue(result, result.details);
const readResult = ({ args, kwargs, details }: ResultMessage): Result => new Result(args, kwargs, details);
