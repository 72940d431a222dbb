/*
 * WAMP "Session Establishment", the client's side: HELLO, perhaps CHALLENGE and AUTHENTICATE, then WELCOME or ABORT. From WELCOME on the
 * session receives what the link brings; that hand-over is synchronous, since more may be in the same read.
 */
import { type Login, type LoginLine, loginComplaint, type Offer } from '../auth/credentials.ts';
import { ConnectionLostError, FatalError, JoinError, messageOf, ProtocolError, type WampError } from '../errors.ts';
import { Link, type LinkEnd, type Tap } from '../link.ts';
import { clientRoles, PASSTHRU, withFeature } from '../protocol/features.ts';
import { type Abort, type Challenge, Code, type FromClient, type FromRouter, type Welcome } from '../protocol/messages.ts';
import { canonical, NETWORK_FAILURE, PROTOCOL_VIOLATION } from '../protocol/uris.ts';
import { clientSide } from '../protocol/wire.ts';
import type { Transport } from '../transport/transport.ts';
import { type Awaitable, type Dict, isThenable } from '../words.ts';
import { SessionCore, type SessionHooks } from './session.ts';

export interface JoinOptions {
  readonly realm: string;
  readonly hello: Dict;
  readonly offer: Offer;
  readonly tap: Tap | undefined;
  readonly session: SessionHooks;
  /** Inside the handling of WELCOME. */
  joined(session: SessionCore): void;
  /** Once, and not after `joined`. */
  failed(error: WampError): void;
}

/** Says HELLO on a fresh line. What is returned gives up the attempt. */
export function join(transport: Transport, options: JoinOptions): (why: WampError) => void {
  const joining = new Joining(transport, options);
  joining.start();
  return (why) => joining.giveUp(why);
}

class Joining {
  private readonly link: Link<FromRouter, FromClient>;
  private readonly options: JoinOptions;
  private session: SessionCore | undefined;
  private isOver = false;
  /** The logins that answered a CHALLENGE: those that check WELCOME. */
  private readonly answered = new Set<Login>();
  /** While `onwelcome` is busy. */
  private held: FromRouter[] | undefined;

  constructor(transport: Transport, options: JoinOptions) {
    this.options = options;
    this.link = new Link(transport, clientSide, options.tap);
  }

  start(): void {
    const { realm, hello, offer, session } = this.options;
    this.link.start({ message: (message) => this.message(message), ended: (why) => this.lineEnded(why) });
    const { authmethods, authid, authextra } = offer;
    const details = {
      ...hello,
      roles: session.passthru ? withFeature(clientRoles, PASSTHRU) : clientRoles,
      ...(authmethods.length > 0 ? { authmethods } : {}),
      ...(authid === undefined ? {} : { authid }),
      ...(authextra === undefined ? {} : { authextra }),
    };
    try {
      this.link.send({ type: Code.HELLO, realm, details });
    } catch (thrown) {
      this.refuse(thrown, 'cannot say HELLO');
    }
  }

  giveUp(why: WampError): void {
    if (this.isOver) return;
    this.isOver = true;
    this.link.abort('wamp.close.system_shutdown', why.message);
    this.options.failed(why);
  }

  private message(message: FromRouter): void {
    if (this.session) return this.session.receive(message);
    if (this.held) {
      this.held.push(message);
      return;
    }
    if (this.isOver) return;
    if (message.type === Code.WELCOME) this.welcome(message);
    else if (message.type === Code.CHALLENGE) this.challenge(message);
    else if (message.type === Code.ABORT) this.aborted(message);
    // Nothing else is legal now; the link has seen to that.
  }

  private welcome(welcome: Welcome): void {
    const checks = this.checksOf(welcome);
    this.after(
      () => allOf(checks.map((login) => () => login.onwelcome?.(welcome.details))),
      () => {
        const { realm, session: hooks, joined } = this.options;
        this.isOver = true;
        this.session = new SessionCore(this.link, welcome, realm, hooks);
        joined(this.session);
        const held = this.held ?? [];
        this.held = undefined;
        try {
          for (const message of held) this.session.receive(message);
        } catch (thrown) {
          const error = thrown instanceof ProtocolError ? thrown : new ProtocolError(messageOf(thrown), { cause: thrown });
          this.link.abort(PROTOCOL_VIOLATION, error.message, error);
        }
      },
    );
    if (!this.session && !this.isOver) this.held = [];
  }

  /**
   * Who has to be content with the router: whoever answered it. When nobody was asked, the method that it says it took; and when it took one
   * that was not offered, all of them, since a login that has the router prove itself must not be passed over.
   */
  private checksOf({ details }: Welcome): readonly Login[] {
    if (this.answered.size > 0) return [...this.answered];
    const { loginFor, logins } = this.options.offer;
    const login = loginFor(String(details.authmethod));
    return login ? [login] : logins;
  }

  private challenge({ authmethod, extra }: Challenge): void {
    const login = this.options.offer.loginFor(authmethod);
    if (!login?.onchallenge) {
      return this.refuse(new ProtocolError(`got CHALLENGE for '${authmethod}', which was not offered`), 'cannot log in');
    }
    this.answered.add(login);
    const { transport } = this.link;
    const line: LoginLine = { channelBinding: (type) => transport.channelBinding?.(type) };
    this.after(
      () => login.onchallenge?.(authmethod, extra, line) ?? '',
      (answer) => {
        const { signature, extra } = typeof answer === 'string' ? { signature: answer, extra: {} } : answer;
        this.link.send({ type: Code.AUTHENTICATE, signature, extra });
      },
    );
  }

  /** User code, sync or async, and what comes after it; at once if it is sync. */
  private after<T>(work: () => Awaitable<T>, next: (value: T) => void): void {
    const go = (value: T): void => {
      if (!this.isOver) next(value);
    };
    try {
      const value = work();
      if (isThenable(value)) value.then(go).then(undefined, (thrown: unknown) => this.refuse(thrown, 'the login failed'));
      else go(value);
    } catch (thrown) {
      this.refuse(thrown, 'the login failed');
    }
  }

  private refuse(thrown: unknown, what: string): void {
    if (this.isOver) return;
    this.isOver = true;
    this.link.abort('wamp.error.cannot_authenticate', loginComplaint(thrown));
    this.options.failed(
      thrown instanceof FatalError
        ? thrown
        : new JoinError('wamp.error.cannot_authenticate', `${what}: ${loginComplaint(thrown)}`, { cause: thrown }),
    );
  }

  private aborted({ reason, details, args, kwargs }: Abort): void {
    this.isOver = true;
    const said = typeof details.message === 'string' ? ` (${details.message})` : '';
    const { realm } = this.options;
    this.options.failed(
      new JoinError(canonical(reason), `the router refused realm '${realm}': ${reason}${said}`, { reason, details, args, kwargs }),
    );
    this.link.close();
  }

  private lineEnded(why: LinkEnd): void {
    if (this.session) return this.session.lineEnded(why);
    if (this.isOver) return;
    this.isOver = true;
    const { error, closed } = why;
    if (error) return this.options.failed(error);
    const said = closed?.code ? ` (close code ${closed.code}${closed.reason ? `: ${closed.reason}` : ''})` : '';
    this.options.failed(
      new ConnectionLostError(NETWORK_FAILURE, `the line was lost before WELCOME${said}`, {
        cause: closed?.error,
        delivery: 'not-sent',
      }),
    );
  }
}

/** One check after the other; at once as long as they are sync. */
function allOf(checks: readonly (() => Awaitable<void>)[]): Awaitable<void> {
  for (const [i, check] of checks.entries()) {
    const done = check();
    if (isThenable(done)) return done.then(() => allOf(checks.slice(i + 1)));
  }
  return undefined;
}
