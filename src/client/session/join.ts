/*
 * WAMP "Session Establishment", the client's side: HELLO, perhaps CHALLENGE and AUTHENTICATE, then WELCOME or ABORT. With WELCOME the link is
 * handed over to the session, and the join is over. That is synchronous, since more may be in the same read.
 */
import { type Login, loginComplaint, type Offer } from '../../auth/credentials.ts';
import { ConnectionLostError, FatalError, JoinError, messageOf, ProtocolError, type WampError } from '../../base/errors.ts';
import { type Awaitable, isThenable } from '../../base/words.ts';
import type { LinkEnd, LinkReceiver } from '../../link/link.ts';
import { clientRoles, withFeature } from '../../protocol/features.ts';
import { type Abort, type Challenge, Code, type FromRouter, type Welcome } from '../../protocol/messages.ts';
import { canonical, NETWORK_FAILURE } from '../../protocol/uris.ts';
import type { Transport } from '../../transport/transport.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { ClientLink } from './client-link.ts';
import { SessionCore } from './session.ts';
import { sayWhy } from './session-end.ts';

const CANNOT_AUTHENTICATE = 'wamp.error.cannot_authenticate';
/** WAMP "Authentication": a login with two factors is two rounds. Without a bound, a router could ask for a password for ever. */
const MAX_CHALLENGES = 5;

export interface Joining {
  /** Inside the handling of WELCOME. */
  joined(session: SessionCore): void;
  /** Once, and not after `joined`. */
  failed(error: WampError): void;
}

export class Join implements LinkReceiver<FromRouter> {
  private readonly kernel: Kernel;
  private readonly transport: Transport;
  private readonly link: ClientLink;
  private readonly offer: Offer;
  private readonly joining: Joining;
  private isOver = false;
  private challenges = 0;
  /** The logins that answered a CHALLENGE: those that check WELCOME. */
  private readonly answered = new Set<Login>();
  /** What came while `onwelcome` is busy. */
  private held: FromRouter[] | undefined;

  constructor(kernel: Kernel, transport: Transport, offer: Offer, joining: Joining) {
    this.kernel = kernel;
    this.transport = transport;
    this.link = new ClientLink(transport, kernel.tap?.());
    this.offer = offer;
    this.joining = joining;
  }

  /** Says HELLO. */
  start(): void {
    const { link, kernel, offer } = this;
    const { authmethods, authid, authextra } = offer;
    link.start(this);
    try {
      const details = {
        agent: 'autostrada',
        ...kernel.options.hello,
        roles: kernel.announced.reduce((roles, feature) => withFeature(roles, ...feature), clientRoles),
        ...(authmethods.length > 0 && { authmethods }),
        ...(authid !== undefined && { authid }),
        ...(authextra && { authextra }),
      };
      link.send({ type: Code.HELLO, realm: kernel.options.realm, details });
    } catch (thrown) {
      this.refuse(thrown, 'cannot say HELLO');
    }
  }

  giveUp(why: WampError): void {
    if (this.isOver) return;
    this.isOver = true;
    this.link.abort('wamp.close.system_shutdown', why.message);
    this.joining.failed(why);
  }

  message(message: FromRouter): void {
    if (this.held) this.held.push(message);
    else if (this.isOver) return;
    else if (message.type === Code.WELCOME) this.welcome(message);
    else if (message.type === Code.CHALLENGE) this.challenge(message);
    else if (message.type === Code.ABORT) this.aborted(message);
    // Nothing else is legal now; the link has seen to that.
  }

  linkEnded({ error, closed }: LinkEnd): void {
    if (this.isOver) return;
    const said = closed?.code ? ` (close code ${closed.code}${closed.reason ? `: ${closed.reason}` : ''})` : '';
    const lost = { cause: closed?.error, delivery: 'not-sent' } as const;
    this.fail(error ?? new ConnectionLostError(NETWORK_FAILURE, `the connection was lost before WELCOME${said}`, lost));
  }

  private fail(error: WampError): void {
    this.isOver = true;
    this.joining.failed(error);
  }

  private refuse(thrown: unknown, what: string): void {
    if (this.isOver) return;
    this.isOver = true;
    this.link.abort(CANNOT_AUTHENTICATE, loginComplaint(thrown));
    this.joining.failed(asJoinError(thrown, what));
  }

  /** User code, sync or async, and what comes after it; at once if it is sync. */
  private after<T>(work: () => Awaitable<T>, next: (value: T) => void): void {
    const go = (value: T): void => {
      if (!this.isOver) next(value);
    };
    const failing = (thrown: unknown): void => this.refuse(thrown, 'the login failed');
    try {
      const value = work();
      if (isThenable(value)) value.then(go).then(undefined, failing);
      else go(value);
    } catch (thrown) {
      failing(thrown);
    }
  }

  private challenge({ authmethod, extra }: Challenge): void {
    if (++this.challenges > MAX_CHALLENGES) throw new ProtocolError('expected WELCOME, got CHALLENGE again');
    const login = this.offer.loginFor(authmethod);
    if (!login?.onchallenge) {
      return this.refuse(new ProtocolError(`got CHALLENGE for '${authmethod}', which was not offered`), 'cannot log in');
    }
    this.answered.add(login);
    const { transport } = this;
    this.after(
      () => login.onchallenge?.(authmethod, extra, { channelBinding: (type) => transport.channelBinding?.(type) }) ?? '',
      (answer) => {
        const { signature, extra } = typeof answer === 'string' ? { signature: answer, extra: {} } : answer;
        this.link.send({ type: Code.AUTHENTICATE, signature, extra });
      },
    );
  }

  /**
   * The logins that must check WELCOME: those that answered a CHALLENGE. When there was none, the one that the router names; and when it names
   * one that was not offered, all of them, so that mutual authentication cannot be bypassed.
   */
  private checksOf({ details }: Welcome): readonly Login[] {
    if (this.answered.size > 0) return [...this.answered];
    const login = this.offer.loginFor(String(details.authmethod));
    return login ? [login] : this.offer.logins;
  }

  private welcome(message: Welcome): void {
    const checks = this.checksOf(message);
    this.after(
      () => allOf(checks.map((login) => () => login.onwelcome?.(message.details))),
      () => {
        this.isOver = true;
        const { held = [], kernel, link } = this;
        this.held = undefined;
        const session = new SessionCore(kernel, link, message);
        link.handOver(session);
        this.joining.joined(session);
        link.guard(() => {
          for (const each of held) session.message(each);
        });
      },
    );
    if (!this.isOver) this.held = [];
  }

  private aborted({ reason, details, args, kwargs }: Abort): void {
    const text = sayWhy(`the router refused realm '${this.kernel.options.realm}'`, reason, details);
    this.fail(new JoinError(canonical(reason), text, { reason, details, args, kwargs }));
    this.link.close();
  }
}

/** What a login threw. A `FatalError` stays one. */
export function asJoinError(thrown: unknown, what: string): WampError {
  if (thrown instanceof FatalError) return thrown;
  // With a cause in any case: what user code threw may go better next time (connection/retry.ts).
  return new JoinError(CANNOT_AUTHENTICATE, `${what}: ${messageOf(thrown)}`, { cause: thrown ?? null });
}

/** One check after the other; at once as long as they are sync. */
function allOf(checks: readonly (() => Awaitable<void>)[]): Awaitable<void> {
  for (const [i, check] of checks.entries()) {
    const done = check();
    if (isThenable(done)) return done.then(() => allOf(checks.slice(i + 1)));
  }
  return undefined;
}
