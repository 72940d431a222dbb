/*
 * One line at the router's door: who comes in by HELLO, and how a session ends (WAMP "Session Establishment", "Session Closing"). What a
 * session does in between is its realm's business.
 */

import { ProtocolError } from '../errors.ts';
import type { LinkEnd } from '../link.ts';
import { isDict } from '../protocol/checks.ts';
import { routerRoles } from '../protocol/features.ts';
import type { RandomIds } from '../protocol/ids.ts';
import { Code, type FromClient, type Hello, nameOf } from '../protocol/messages.ts';
import { GOODBYE_AND_OUT, INVALID_URI, NETWORK_FAILURE, PROTOCOL_VIOLATION, SYSTEM_SHUTDOWN } from '../protocol/uris.ts';

import type { FormatOf } from '../serializer/formats/formats.ts';
import type { Transport } from '../transport/transport.ts';
import type { Dict, Id, Uri } from '../words.ts';
import { Bounds } from './bounds.ts';
import { CarryingLink } from './carrying-link.ts';
import type { Settings } from './config.ts';
import { type Identity, Login } from './login.ts';
import { OutQueue, type Tally } from './out-queue.ts';
import type { Realm } from './realm.ts';
import { LiveSession, type TransportInfo } from './session.ts';
import type { Throttle } from './throttle.ts';
import type { Principal } from './users.ts';

/** Of WebSocket: the server restarts, and the client may come back (IANA, WebSocket Close Code Number Registry). */
const SERVICE_RESTART = 1012;

/** How long a client may take to answer the router's GOODBYE. */
const LEAVE_TIMEOUT_MS = 1000;

/** Why a session ended that did not read. WAMP has no word for it. */
const SLOW_CONSUMER = 'autostrada.error.slow_consumer';

/** What a door needs of the router. */
export interface House {
  readonly settings: Settings;
  readonly ids: RandomIds;
  readonly tally: Tally;
  readonly throttle: Throttle;
  readonly formatOf: FormatOf;
  /** Made when it is first asked for: an open realm runs without a secure source, too. */
  routerSecret(): Uint8Array;
  realm(name: string): Realm | undefined;
  joined(session: LiveSession): void;
  /** The line has no session. */
  waits(door: Door, info: TransportInfo): void;
  /** It is to have one: whether there is room. */
  admits(door: Door): boolean;
  left(session: LiveSession, reason: Uri): void;
  /** The line is gone. */
  closed(door: Door): void;
}

export class Door {
  private readonly house: House;
  private readonly link: CarryingLink;
  private readonly info: TransportInfo;
  private readonly principal: Principal | undefined;
  private session: LiveSession | undefined;
  private realm: Realm | undefined;
  private login: Login | undefined;
  private timer: unknown;
  private isDismissed = false;
  private hasHungUp = false;

  constructor(house: House, transport: Transport, info: TransportInfo, principal: Principal | undefined) {
    this.house = house;
    this.info = info;
    this.principal = principal;
    this.link = new CarryingLink(transport, house.formatOf(transport.serializer), house.settings.limits.maxDepth);
  }

  open(): void {
    this.link.start({ message: (message) => this.message(message), ended: (why) => this.lineEnded(why) });
    this.awaitHello();
  }

  /** GOODBYE, and the line is closed when the client has answered, or does not. What the session has stays until `vacate`. */
  dismiss(reason: Uri, text?: string): void {
    this.isDismissed = true;
    if (this.link.state !== 'established') {
      if (this.link.state !== 'leaving') this.link.abort(reason, text ?? 'the router is closing');
      return;
    }
    this.link.send({ type: Code.GOODBYE, details: text === undefined ? {} : { message: text }, reason });
    this.deadline(LEAVE_TIMEOUT_MS, () => this.link.close());
  }

  /**
   * Closes the line without GOODBYE: clients take it for a loss, and come back. To Autobahn|JS any GOODBYE or ABORT is final. What was sent goes out
   * first; what comes from here on is dropped.
   */
  hangUp(): void {
    this.hasHungUp = true;
    this.endDeadline();
    this.login?.abandon();
    this.link.transport.close(SERVICE_RESTART, SYSTEM_SHUTDOWN);
  }

  private message(message: FromClient): void {
    if (this.hasHungUp) return;
    switch (message.type) {
      case Code.HELLO:
        if (this.isDismissed) return; // after its answer to our GOODBYE, on a line that is closing
        return this.hello(message);
      case Code.GOODBYE:
        // What it asked for before is done before, be it that leave for it is still awaited.
        return this.session ? this.session.inTurn(() => this.goodbye(message.reason)) : this.goodbye(message.reason);
      case Code.AUTHENTICATE:
        return this.login?.authenticate(message);
      case Code.ABORT:
        this.vacate(message.reason);
        return this.link.close();
      default:
        if (this.session) this.realm?.receive(this.session, message);
        else throw new ProtocolError(`expected HELLO, got ${nameOf(message.type)}`);
    }
  }

  private hello({ realm: name, details }: Hello): void {
    const { house } = this;
    const bounds = new Bounds(house.settings.limits);
    const complaint = bounds.uri(name);
    if (complaint !== undefined) return this.link.abort(INVALID_URI, `realm: ${complaint}`);
    const tooLong = bounds.hello(details);
    if (tooLong !== undefined) return this.link.abort('wamp.error.invalid_argument', tooLong);
    const roles = isDict(details.roles) ? Object.keys(details.roles) : [];
    if (!roles.some((role) => ['publisher', 'subscriber', 'caller', 'callee'].includes(role))) {
      const text = 'expected HELLO.Details.roles to have publisher, subscriber, caller or callee';
      return this.link.abort(PROTOCOL_VIOLATION, text, new ProtocolError(text));
    }
    const realm = house.realm(name);
    if (!realm) return this.link.abort('wamp.error.no_such_realm', `no realm '${name}' here`);
    const id = house.ids.next();
    const newAuthid = (): string => `anonymous-${house.ids.next().toString(36)}`;
    const admit = (who: Identity): void => this.admit(realm, id, who, details);
    const { principal } = this;
    if (principal) {
      const { authid = newAuthid(), authrole, authextra } = principal;
      return admit({ authid, authrole, authmethod: 'internal', authprovider: 'internal', authextra });
    }
    const context = {
      realm: name,
      session: id,
      newAuthid,
      transport: this.info,
      settings: house.settings,
      throttle: house.throttle,
      routerSecret: () => house.routerSecret(),
      ...realm.logins,
    };
    this.login = new Login(context, details, {
      admit,
      challenge: (authmethod, extra) => this.link.send({ type: Code.CHALLENGE, authmethod, extra }),
      refuse: (reason, text) => this.link.abort(reason, text),
    });
    this.login.start();
  }

  private admit(realm: Realm, id: Id, who: Identity, details: Dict): void {
    const { house } = this;
    const { authid, authrole, authmethod, authprovider, authextra } = who;
    this.login = undefined;
    const tooLong = new Bounds(house.settings.limits).identity(who);
    if (tooLong !== undefined) {
      house.settings.log({ level: 'error', message: `a login failed: ${tooLong}` });
      return this.link.abort('wamp.error.authentication_failed', 'the router could not check the login');
    }
    if (!house.admits(this)) return this.link.abort('wamp.error.unavailable', 'the router is full');
    const session = new LiveSession(
      this.link,
      { id, realm: realm.name, authid, authrole, authmethod, authprovider, trustlevel: realm.trustlevel(authrole) },
      this.info,
      new OutQueue(this.link.transport, house.settings.limits, house.tally, (consequence) => this.queueFull(consequence)),
      details,
      (reason, text) => {
        this.dismiss(reason, text);
        this.vacate(reason);
      },
      house.settings.log,
      house.settings.strictRequestIds,
    );
    this.endDeadline();
    this.session = session;
    this.realm = realm;
    realm.join(session);
    const extra = authextra === undefined ? {} : { authextra };
    const welcome = {
      realm: realm.name,
      authid,
      authrole,
      authmethod,
      authprovider,
      ...extra,
      roles: routerRoles,
      agent: 'autostrada',
    };
    this.link.send({ type: Code.WELCOME, session: id, details: welcome });
    house.joined(session);
    realm.announce(session); // WAMP leaves the order open; after WELCOME, so that the id is known
  }

  /** The client reads more slowly than others send to it. */
  private queueFull(consequence: 'ends' | 'drops'): void {
    const { session, house } = this;
    const { maxQueuedBytes } = house.settings.limits;
    const what = consequence === 'ends' ? 'ended a session' : 'drops events for a session';
    const message = `${what}: over ${maxQueuedBytes} bytes wait for it (limits.maxQueuedBytes, limits.onQueueFull)`;
    house.settings.log({ level: 'warn', message, session: session?.id });
    if (consequence === 'ends') this.link.abort(SLOW_CONSUMER, `over ${maxQueuedBytes} bytes waited to be read`);
  }

  private goodbye(reason: Uri): void {
    if (this.link.state === 'closed') return this.link.close(); // it answered ours
    this.vacate(reason);
    // Nothing may follow it; the line stays for another HELLO, if there is one soon.
    this.link.send({ type: Code.GOODBYE, details: {}, reason: GOODBYE_AND_OUT });
    this.awaitHello();
  }

  private awaitHello(): void {
    this.house.waits(this, this.info);
    const { joinTimeoutMs } = this.house.settings.limits;
    this.deadline(joinTimeoutMs, () => {
      const isLate = this.login !== undefined;
      const text = isLate ? `the login took longer than ${joinTimeoutMs} ms` : `expected HELLO in ${joinTimeoutMs} ms, got nothing`;
      this.link.abort(isLate ? 'wamp.error.authentication_failed' : PROTOCOL_VIOLATION, text);
    });
  }

  private lineEnded({ error }: LinkEnd): void {
    this.endDeadline();
    this.login?.abandon();
    if (error) {
      const { session } = this;
      this.house.settings.log({ level: 'warn', message: `aborted a session: ${error.message}`, session: session?.id, error });
    }
    this.vacate(this.hasHungUp ? SYSTEM_SHUTDOWN : error ? PROTOCOL_VIOLATION : NETWORK_FAILURE);
    this.house.closed(this);
  }

  /** Takes away what the session has, and tells those that it concerns. */
  vacate(reason: Uri): void {
    const { session, realm } = this;
    this.session = undefined;
    if (!session || !realm?.leave(session)) return;
    // A reason from outside is told to whoever watches the router, and logged.
    this.house.left(session, realm.bounds.reason(reason) === undefined ? reason : INVALID_URI);
  }

  private deadline(ms: number, then: () => void): void {
    this.endDeadline();
    this.timer = this.house.settings.clock.setTimeout(then, ms);
  }

  private endDeadline(): void {
    this.house.settings.clock.clearTimeout(this.timer);
  }
}
