/*
 * WAMP "Session Establishment", the client's side: HELLO, perhaps CHALLENGE and AUTHENTICATE, then WELCOME or ABORT. From WELCOME on the
 * session receives what the link brings; that hand-over is synchronous, since more may be in the same read.
 */
import { type Login, type LoginLine, loginComplaint, type Offer } from '../../auth/credentials.ts';
import { ConnectionLostError, FatalError, JoinError, ProtocolError, type WampError } from '../../errors.ts';
import type { Tap } from '../../link.ts';
import { clientRoles, PASSTHRU, withFeature } from '../../protocol/features.ts';
import { type Abort, type Challenge, Code, type FromRouter, type Welcome } from '../../protocol/messages.ts';
import { canonical, NETWORK_FAILURE } from '../../protocol/uris.ts';
import type { Transport } from '../../transport/transport.ts';
import { type Awaitable, type Dict, isThenable } from '../../words.ts';
import { ClientLink } from './client-link.ts';
import { SessionCore, type SessionHooks } from './session.ts';

const CANNOT_AUTHENTICATE = 'wamp.error.cannot_authenticate';

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
  const { realm, hello, offer, session: hooks, joined, failed } = options;
  const link = new ClientLink(transport, options.tap);
  let session: SessionCore | undefined;
  let isOver = false;
  /** The logins that answered a CHALLENGE: those that check WELCOME. */
  const answered = new Set<Login>();
  /** While `onwelcome` is busy. */
  let held: FromRouter[] | undefined;

  const fail = (error: WampError): void => {
    isOver = true;
    failed(error);
  };

  const refuse = (thrown: unknown, what: string): void => {
    if (isOver) return;
    isOver = true;
    const complaint = loginComplaint(thrown);
    link.abort(CANNOT_AUTHENTICATE, complaint);
    failed(thrown instanceof FatalError ? thrown : new JoinError(CANNOT_AUTHENTICATE, `${what}: ${complaint}`, { cause: thrown }));
  };

  /** User code, sync or async, and what comes after it; at once if it is sync. */
  const after = <T>(work: () => Awaitable<T>, next: (value: T) => void): void => {
    const go = (value: T): void => {
      if (!isOver) next(value);
    };
    const failing = (thrown: unknown): void => refuse(thrown, 'the login failed');
    try {
      const value = work();
      if (isThenable(value)) value.then(go).then(undefined, failing);
      else go(value);
    } catch (thrown) {
      failing(thrown);
    }
  };

  /**
   * Who has to be content with the router: whoever answered it. When nobody was asked, the method that it says it took; and when it took one
   * that was not offered, all of them, since a login that has the router prove itself must not be passed over.
   */
  const checksOf = ({ details }: Welcome): readonly Login[] => {
    if (answered.size > 0) return [...answered];
    const login = offer.loginFor(String(details.authmethod));
    return login ? [login] : offer.logins;
  };

  const welcome = (message: Welcome): void => {
    const checks = checksOf(message);
    after(
      () => allOf(checks.map((login) => () => login.onwelcome?.(message.details))),
      () => {
        isOver = true;
        const open = new SessionCore(link, message, realm, hooks);
        session = open;
        joined(open);
        const waiting = held ?? [];
        held = undefined;
        link.guard(() => {
          for (const each of waiting) open.receive(each);
        });
      },
    );
    if (!session && !isOver) held = [];
  };

  const challenge = ({ authmethod, extra }: Challenge): void => {
    const login = offer.loginFor(authmethod);
    if (!login?.onchallenge) {
      return refuse(new ProtocolError(`got CHALLENGE for '${authmethod}', which was not offered`), 'cannot log in');
    }
    answered.add(login);
    const line: LoginLine = { channelBinding: (type) => transport.channelBinding?.(type) };
    after(
      () => login.onchallenge?.(authmethod, extra, line) ?? '',
      (answer) => {
        const { signature, extra } = typeof answer === 'string' ? { signature: answer, extra: {} } : answer;
        link.send({ type: Code.AUTHENTICATE, signature, extra });
      },
    );
  };

  const aborted = ({ reason, details, args, kwargs }: Abort): void => {
    const said = typeof details.message === 'string' ? ` (${details.message})` : '';
    fail(
      new JoinError(canonical(reason), `the router refused realm '${realm}': ${reason}${said}`, { reason, details, args, kwargs }),
    );
    link.close();
  };

  link.start({
    message(message) {
      if (session) return session.receive(message);
      if (held) return void held.push(message);
      if (isOver) return;
      if (message.type === Code.WELCOME) welcome(message);
      else if (message.type === Code.CHALLENGE) challenge(message);
      else if (message.type === Code.ABORT) aborted(message);
      // Nothing else is legal now; the link has seen to that.
    },
    ended(why) {
      if (session) return session.lineEnded(why);
      if (isOver) return;
      const { error, closed } = why;
      const said = closed?.code ? ` (close code ${closed.code}${closed.reason ? `: ${closed.reason}` : ''})` : '';
      const lost = { cause: closed?.error, delivery: 'not-sent' } as const;
      fail(error ?? new ConnectionLostError(NETWORK_FAILURE, `the line was lost before WELCOME${said}`, lost));
    },
  });

  const { authmethods, authid, authextra } = offer;
  const details = {
    ...hello,
    roles: hooks.passthru ? withFeature(clientRoles, PASSTHRU) : clientRoles,
    ...(authmethods.length > 0 && { authmethods }),
    ...(authid !== undefined && { authid }),
    ...(authextra && { authextra }),
  };
  try {
    link.send({ type: Code.HELLO, realm, details });
  } catch (thrown) {
    refuse(thrown, 'cannot say HELLO');
  }

  return (why) => {
    if (isOver) return;
    isOver = true;
    link.abort('wamp.close.system_shutdown', why.message);
    failed(why);
  };
}

/** One check after the other; at once as long as they are sync. */
function allOf(checks: readonly (() => Awaitable<void>)[]): Awaitable<void> {
  for (const [i, check] of checks.entries()) {
    const done = check();
    if (isThenable(done)) return done.then(() => allOf(checks.slice(i + 1)));
  }
  return undefined;
}
