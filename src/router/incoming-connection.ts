/*
 * A client's connection at the router: HELLO, and the end of a session (WAMP "Session Establishment", "Session Closing"). The realm handles
 * everything in between.
 */

import { ProtocolError, SerializationError } from '../base/errors.ts';
import { type Dict, type Id, named, type Uri } from '../base/words.ts';
import type { LinkEnd } from '../link/link.ts';
import { Code, type FromClient, type Hello, nameOf } from '../protocol/messages.ts';
import {
  GOODBYE_AND_OUT,
  INVALID_URI,
  NETWORK_FAILURE,
  PAYLOAD_SIZE_EXCEEDED,
  PROTOCOL_VIOLATION,
  SYSTEM_SHUTDOWN,
} from '../protocol/uris.ts';
import { SERVICE_RESTART, TOO_BIG, TRY_AGAIN_LATER } from '../transport/close-codes.ts';
import { realmOf, welcomeDetails } from './hello.ts';
import { Bounds } from './limits/bounds.ts';
import { Deadline } from './limits/deadline.ts';
import { countRefusal, type LoginRefusal } from './limits/login-refusals.ts';
import { type Consequence, OutQueue } from './limits/out-queue.ts';
import { Rate } from './limits/rate.ts';
import type { Counted } from './limits/traffic.ts';
import type { Identity } from './login/identity.ts';
import { Login } from './login/login.ts';
import type { Realm } from './realm.ts';
import type { ConnectionHost, Dismissible, Incoming, RouterContext } from './router-context.ts';
import { CarryingLink } from './session/carrying-link.ts';
import { LiveSession } from './session/session.ts';
import { type TransportInfo, withoutRequest } from './session/transport-info.ts';
import type { Principal } from './session/user.ts';
import { INTERNAL_ERROR, Inlet } from './turns/inlet.ts';

/** How long a client may take to answer the router's GOODBYE. */
const LEAVE_TIMEOUT_MS = 1000;

/** The login of this browser ends with its session: the client says so, or whoever ends the session. */
const LOGOUT = 'wamp.close.logout';

/** Why a session ended that did not read. WAMP has no URI for it. */
const SLOW_CONSUMER = 'autostrada.error.slow_consumer';

export class IncomingConnection implements Dismissible {
  private readonly context: RouterContext;
  private readonly host: ConnectionHost;
  private readonly link: CarryingLink;
  private readonly inlet: Inlet;
  private readonly info: TransportInfo;
  private readonly principal: Principal | undefined;
  session: LiveSession | undefined;
  realm: Realm | undefined;
  private login: Login | undefined;
  private readonly deadline: Deadline;
  /** The reason of our own GOODBYE or ABORT. */
  private dismissal: Uri | undefined;
  private hasHungUp = false;

  constructor(context: RouterContext, host: ConnectionHost, { transport, info, principal }: Incoming) {
    this.context = context;
    this.host = host;
    this.info = info;
    this.principal = principal;
    const { turns, limits, log, clock } = context.settings;
    const threw = (where: string, error: unknown): void =>
      log({ level: 'error', message: `an exception: ${where}`, session: this.session?.id, error });
    this.deadline = new Deadline(clock);
    const { tally } = context;
    this.inlet = new Inlet(transport, { turns, clock, tally, maxMessageBytes: limits.maxMessageBytes, threw });
    this.link = new CarryingLink(this.inlet, context.formatOf(transport.serializer), limits.maxDepth);
  }

  get counted(): Counted | undefined {
    const { session, link } = this;
    return session && { realm: session.realm, authrole: session.authrole, traffic: link.traffic };
  }

  open(): void {
    this.awaitHello(); // first, because a transport may have a message already
    this.link.start({ message: (message) => this.take(message), linkEnded: (why) => this.lineEnded(why) });
  }

  /** Sends GOODBYE, and closes the connection after the client's answer, or after a while without one. The session keeps everything until `vacate`. */
  dismiss(reason: Uri, text?: string): void {
    this.dismissal = reason;
    if (this.link.state !== 'established') {
      if (this.link.state !== 'leaving') this.link.abort(reason, text ?? 'the router is closing');
      return;
    }
    this.session?.sendWaiting();
    this.link.send({ type: Code.GOODBYE, details: text === undefined ? {} : { message: text }, reason });
    this.deadline.set(LEAVE_TIMEOUT_MS, () => this.link.close());
  }

  /**
   * Closes the connection without GOODBYE: clients take it for a loss, and come back. For Autobahn|JS any GOODBYE or ABORT is final. Queued messages are sent
   * first; later incoming messages are dropped.
   */
  hangUp(code: number = SERVICE_RESTART, reason: Uri = SYSTEM_SHUTDOWN): void {
    this.hasHungUp = true;
    this.deadline.end();
    this.login?.abandon();
    this.session?.sendWaiting();
    this.link.transport.close(code, reason);
  }

  /** A violation is the other side's fault, and the link reports it to that side. Any other exception is our fault. */
  private take(message: FromClient): void {
    try {
      this.message(message);
    } catch (thrown) {
      if (thrown instanceof ProtocolError || thrown instanceof SerializationError) throw thrown;
      this.blundered(`handle ${nameOf(message.type)}`, thrown);
    }
  }

  private blundered(what: string, error: unknown): void {
    this.context.settings.log({ level: 'error', message: `could not ${what}`, session: this.session?.id, error });
    this.link.abort(INTERNAL_ERROR, 'internal error');
  }

  /** The payload comes from a hook, so it is not the client's fault if it cannot be encoded. */
  private answer(what: string, task: () => void): void {
    try {
      task();
    } catch (thrown) {
      const isTooLong = thrown instanceof SerializationError && thrown.uri === PAYLOAD_SIZE_EXCEEDED;
      if (isTooLong) this.link.abort(thrown.uri, thrown.message);
      else this.blundered(what, thrown);
    }
  }

  private message(message: FromClient): void {
    if (this.hasHungUp) return;
    switch (message.type) {
      case Code.HELLO:
        if (this.dismissal !== undefined) return; // after its answer to our GOODBYE, while the connection closes
        return this.hello(message);
      case Code.GOODBYE:
        return this.goodbye(message.reason);
      case Code.AUTHENTICATE:
        return this.login?.authenticate(message);
      case Code.ABORT:
        this.vacate(message.reason);
        return this.link.close();
      default:
        if (this.session) this.realm?.requests.receive(this.session, message);
        else throw new ProtocolError(`expected HELLO, got ${nameOf(message.type)}`);
    }
  }

  private hello(hello: Hello): void {
    const { context } = this;
    const { details } = hello;
    const realm = realmOf(hello, context);
    if ('reason' in realm) return this.link.abort(realm.reason, realm.text, realm.error);
    const id = context.ids.next();
    const newAuthid = (): string => `anonymous-${context.ids.next().toString(36)}`;
    const { revision } = realm;
    const admit = (who: Identity): void => {
      // The configuration has changed in the meantime: the client tries again.
      if (realm.revision !== revision) return this.hangUp(TRY_AGAIN_LATER, 'wamp.error.unavailable');
      this.answer('admit a session', () => this.admit(realm, id, who, details));
    };
    const { principal } = this;
    if (principal) {
      const { authid = newAuthid(), authrole, authextra } = principal;
      return admit({ authid, authrole, authmethod: 'internal', authprovider: 'internal', authextra });
    }
    const login = {
      realm: realm.name,
      session: id,
      newAuthid,
      transport: this.info,
      settings: context.settings,
      throttle: context.throttle,
      routerSecret: () => context.routerSecret(),
      refused: (why: LoginRefusal) => countRefusal(context.tally, why),
      hasRoom: () => this.host.admits(this),
      ...realm.logins,
    };
    this.login = new Login(login, details, {
      admit,
      challenge: (authmethod, extra) =>
        this.answer('send a challenge', () => this.link.send({ type: Code.CHALLENGE, authmethod, extra })),
      refuse: (reason, text) => this.link.abort(reason, text),
      turnAway: () => this.hangUp(TRY_AGAIN_LATER, 'wamp.error.unavailable'),
    });
    this.login.start();
  }

  private admit(realm: Realm, id: Id, who: Identity, details: Dict): void {
    const { context } = this;
    const { authid, authrole, authmethod, authprovider } = who;
    this.login = undefined;
    const tooLong = new Bounds(context.settings.limits).identity(who);
    if (tooLong !== undefined) {
      context.settings.log({ level: 'error', message: `a login failed: ${tooLong}` });
      return this.link.abort('wamp.error.authentication_failed', 'the router could not check the login');
    }
    if (!realm.knows(authrole)) {
      const message = `${named(authid)} has the authrole ${named(authrole)}, which config.realms does not have in ${realm.name}: nothing is allowed`;
      context.settings.log({ level: 'warn', message });
    }
    const session = new LiveSession({
      who: { id, realm: realm.name, authid, authrole, authmethod, authprovider, trustlevel: realm.trustlevel(authrole) },
      transport: withoutRequest(this.info),
      hello: details,
      link: this.link,
      lane: this.inlet.lane,
      queue: new OutQueue(this.inlet, context.settings.limits, context.tally, context.queues, (consequence) =>
        this.queueFull(consequence),
      ),
      settings: context.settings,
      holdings: context.holdings.enter(this.info.peer),
      before: realm.broker.pending,
      dismiss: (reason, text) => {
        this.dismiss(reason, text);
        this.vacate(reason);
      },
    });
    this.deadline.end();
    this.inlet.limitMessages(undefined);
    if (!this.principal) this.limitPace(realm, session);
    this.session = session;
    this.realm = realm;
    realm.join(session, this.info.request);
    this.link.send({ type: Code.WELCOME, session: id, details: welcomeDetails(realm, who) });
    context.joined(session);
    realm.announce(session); // WAMP does not define the order; we do it after WELCOME, so that the client knows its id
  }

  private limitPace(realm: Realm, { authid, authrole, id }: LiveSession): void {
    const { settings, tally } = this.context;
    const settled = realm.rate(authrole);
    const rate = settled && new Rate(settings.clock, settled);
    this.inlet.limitPace(rate, () => {
      tally.slowedSessions++;
      settings.log({ level: 'warn', message: `${named(authid)} is too fast: ${rate?.text}`, session: id });
    });
  }

  /** The client reads more slowly than others send to it. */
  private queueFull({ what, why }: Consequence): void {
    const { session, context } = this;
    const message = `${what === 'ends' ? 'ended a session' : 'drops events for a session'}: ${why}`;
    context.settings.log({ level: 'warn', message, session: session?.id });
    if (what === 'ends') this.inlet.attempt('ending a slow session', () => this.link.abort(SLOW_CONSUMER, why));
  }

  private goodbye(reason: Uri): void {
    if (this.link.state === 'left') return this.link.close(); // it answered ours
    this.vacate(reason);
    // No message may follow it; the connection stays open for another HELLO, if one comes soon.
    this.link.send({ type: Code.GOODBYE, details: {}, reason: GOODBYE_AND_OUT });
    this.awaitHello();
  }

  private awaitHello(): void {
    const { joinTimeoutMs, maxHelloBytes } = this.context.settings.limits;
    if (!this.principal) this.inlet.limitMessages(maxHelloBytes);
    this.inlet.limitPace(undefined);
    this.host.waits(this, this.info);
    this.deadline.set(joinTimeoutMs, () => {
      const isLate = this.login !== undefined;
      if (isLate) countRefusal(this.context.tally, 'late');
      const text = isLate ? `the login took longer than ${joinTimeoutMs} ms` : `expected HELLO in ${joinTimeoutMs} ms, got nothing`;
      this.link.abort(isLate ? 'wamp.error.authentication_failed' : PROTOCOL_VIOLATION, text);
    });
  }

  private lineEnded({ error, closed }: LinkEnd): void {
    this.deadline.end();
    this.login?.abandon();
    const { log } = this.context.settings;
    const session = this.session?.id;
    if (error) log({ level: 'warn', message: `aborted a session: ${error.message}`, session, error });
    else if (closed?.code === TOO_BIG)
      log({ level: 'warn', message: `a connection ended: ${closed.reason || 'a message was too long'}`, session });
    if (!this.session) this.context.traffic.add({ realm: '', authrole: '', traffic: this.link.count() });
    this.vacate(this.dismissal ?? (this.hasHungUp ? SYSTEM_SHUTDOWN : error ? PROTOCOL_VIOLATION : NETWORK_FAILURE));
    this.inlet.lane.afterWork(() => this.host.closed(this));
  }

  /** Removes everything that the session has, and notifies the others. */
  vacate(reason: Uri): void {
    const { session, realm } = this;
    this.session = undefined;
    if (!session || !realm) return;
    if (reason === LOGOUT) this.info.remembering?.forget();
    this.context.traffic.add({ realm: session.realm, authrole: session.authrole, traffic: this.link.count() });
    // A reason from outside goes to listeners of the router, and into the log.
    const told = realm.bounds.reason(reason) === undefined ? reason : INVALID_URI;
    realm.leave(session, () => {
      session.holdings.leave();
      this.context.left(session, told);
    });
    this.inlet.lane.free(); // it waits for nothing any more
  }
}
