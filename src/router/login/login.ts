/*
 * One login at the router (WAMP "Authentication"): method, user, CHALLENGE, its answer, and the end. A refused client
 * learns neither whether the user exists nor what was wrong; and the router does the same work in all cases.
 */
import { utf8 } from '../../auth/crypto/bytes.ts';
import { hmacSha256 } from '../../auth/crypto/hashes-now.ts';
import type { Verifier } from '../../auth/methods/verifier.ts';
import { isDict } from '../../base/checks.ts';
import { messageOf } from '../../base/errors.ts';
import { type Awaitable, type Dict, isThenable, named, type Uri } from '../../base/words.ts';
import type { Authenticate } from '../../protocol/messages.ts';
import { type LoginMethod, methods } from '../config/methods.ts';
import { AuthenticatorFailed, type Found, findUser, NobodyToAsk } from '../config/users.ts';
import { networkOf } from '../limits/crowd.ts';
import type { LoginRefusal } from '../limits/login-refusals.ts';
import type { User, UserQuery } from '../session/user.ts';
import type { MayTry } from '../together/counts.ts';
import { quietly } from '../turns/guarded.ts';
import { type Identity, identityOf } from './identity.ts';
import type { Doorkeeper, LoginContext } from './login-context.ts';
import { inOrder, mayRecognize } from './offered.ts';
import { recognize } from './recognition.ts';
import { remember } from './remembered.ts';
import { isSpoken } from './spoken-error.ts';

const DENIED = 'wamp.error.authentication_denied';
/** The rest of the identity of an anonymous client. */
const STRANGER = { authmethod: 'anonymous', authprovider: 'static', authextra: undefined };
const FAILED = 'wamp.error.authentication_failed';
/** It says nothing about this login: whoever gets it may come again. */
const TOO_MANY_LOGINS = 'autostrada.error.too_many_logins';

export class Login {
  private readonly context: LoginContext;
  private readonly keeper: Doorkeeper;
  private readonly hello: Dict;
  private round: { readonly verifier: Verifier; readonly method: LoginMethod; readonly found: Found | undefined } | undefined;
  private isOver = false;
  /** The throttle has allowed the attempt. */
  private hasEntered = false;
  /** Why the authenticator refuses, for the log. */
  private why = '';
  private timer: unknown;

  /** @param hello - HELLO.Details, checked. */
  constructor(context: LoginContext, hello: Dict, keeper: Doorkeeper) {
    this.context = context;
    this.hello = hello;
    this.keeper = keeper;
  }

  start(): void {
    const { anonymous, isOpen, sources, transport, newAuthid } = this.context;
    const claimed = typeof this.hello.authid === 'string' ? this.hello.authid : undefined;
    if (isOpen) return this.admit({ authid: claimed ?? newAuthid(), authrole: anonymous ?? 'anonymous', ...STRANGER });
    const given = Array.isArray(this.hello.authmethods) ? this.hello.authmethods.map(String) : [];
    const offered = given.length > 0 ? given : ['anonymous']; // as Crossbar.io and nexus read it
    const { recognize: hook } = this.context.settings;
    if (!mayRecognize(offered) || !(hook || transport.remembering)) return this.byMethod(offered);
    const query = this.query(offered);
    this.after(
      () => recognize(query, sources, hook),
      (who) => (who ? this.admit(who) : this.byMethod(offered)),
    );
  }

  /** @param authmethods - For what the client is asked. */
  private query(authmethods: readonly string[]): UserQuery {
    const { realm, transport, session } = this.context;
    const { authid, authextra } = this.hello;
    return {
      realm,
      authid: typeof authid === 'string' ? authid : undefined,
      authmethods,
      authextra: isDict(authextra) ? authextra : {},
      transport,
      session,
    };
  }

  private byMethod(offered: readonly string[]): void {
    const { anonymous, authmethods, realm, newAuthid } = this.context;
    const usable = inOrder(offered).filter((name) => (name === 'anonymous' ? anonymous !== undefined : authmethods.has(name)));
    const [first] = usable;
    if (first === undefined) {
      const here = [...(anonymous === undefined ? [] : ['anonymous']), ...authmethods].join(', ') || 'none';
      return this.refuse(
        'no_method',
        'wamp.error.no_matching_auth_method',
        `offered ${offered.join(', ').slice(0, 200)}; the realm '${realm}' has ${here}`,
      );
    }
    if (first === 'anonymous' && anonymous !== undefined)
      return this.admit({ authid: newAuthid(), authrole: anonymous, ...STRANGER });
    const query = this.query(usable.filter((name) => name !== 'anonymous'));
    this.after(
      () => this.enter(),
      (mayTry) => {
        if (mayTry === true) return this.find(query);
        const why = mayTry ? 'wait for their turn there' : 'failed from there';
        this.refuse('throttled', TOO_MANY_LOGINS, `too many logins ${why}; try again later`);
      },
    );
  }

  private enter(): Awaitable<MayTry> {
    const { throttle, transport } = this.context;
    const address = networkOf(transport.peer);
    const take = (mayTry: MayTry): MayTry => {
      if (mayTry === true && this.isOver) throttle.leave(address);
      this.hasEntered = mayTry === true;
      return mayTry;
    };
    const may = throttle.enter(address, this.claimant);
    return isThenable(may) ? may.then(take) : take(may);
  }

  private find(query: UserQuery): void {
    this.after(
      () =>
        findUser(this.context.sources, query, (why) => {
          this.why = `: ${why}`;
        }),
      (found) => this.choose(query.authmethods, found, query.authextra),
    );
  }

  /** The first offered method that the user has; for a user who does not exist, the one that a similar user would have. */
  private choose(offered: readonly string[], found: Found | undefined, authextra: Dict): void {
    const named = offered.map((name) => ({ name, method: methods.get(name) }));
    const claimedAuthid = typeof this.hello.authid === 'string' ? this.hello.authid : '';
    const like = this.somebodyLike(offered, claimedAuthid);
    const has = (user: User | undefined) => named.find(({ method }) => user && method?.isOf(user));
    const { name, method } = has(found?.user) ?? has(like) ?? named[0] ?? {};
    if (!method || name === undefined)
      return this.refuse('no_method', 'wamp.error.no_matching_auth_method', 'no method that both sides have');
    const { realm, session, settings, routerKey, transport } = this.context;
    const claim = {
      realm,
      session,
      authid: found?.authid ?? claimedAuthid,
      claimedAuthid,
      authrole: found?.user.authrole ?? like?.authrole ?? 'user',
      authprovider: found?.authprovider ?? (like ? 'static' : 'dynamic'),
      authextra,
      now: settings.clock.now(),
      routerSecret: this.context.routerSecret(),
      routerKey,
      channelBinding: (type: string) => {
        const bytes = transport.channelBinding?.(type);
        quietly(bytes, (thrown) => this.fail(thrown));
        return bytes;
      },
    };
    const verifier = method.begin(claim, found?.user, like);
    this.after(
      () => verifier.challenge(),
      (extra) => {
        this.round = { verifier, method, found };
        this.keeper.challenge(name, extra);
      },
    );
  }

  /** A real user whom an unknown user resembles: always the same for one name, and all kinds of users over many names. */
  private somebodyLike(authmethods: readonly string[], authid: string): User | undefined {
    const users = authmethods.map((name) => this.context.listed.get(name) ?? []);
    const [high = 0, low = 0] = hmacSha256(this.context.routerSecret(), utf8(`like ${authid}`));
    let at = ((high << 8) | low) % (users.reduce((sum, { length }) => sum + length, 0) || 1);
    for (const some of users) {
      if (at < some.length) return some[at];
      at -= some.length;
    }
    return undefined;
  }

  /** Handles AUTHENTICATE. The link has checked that one is due. */
  authenticate({ signature, extra }: Authenticate): void {
    const { round } = this;
    if (!round) return;
    this.round = undefined; // a challenge is valid for one answer
    this.after(
      () => round.verifier.verify(signature, extra),
      ({ isValid, principal, authextra }) => {
        if (!isValid || !round.found) return this.deny();
        const { found, method } = round;
        const who = identityOf(found, method.authmethod, principal, authextra);
        // Without what belongs to this login alone.
        const { authextra: own } = identityOf(found, method.authmethod, principal, undefined);
        remember(this.context, { ...who, authextra: own });
        this.admit(who);
      },
    );
  }

  /** The connection is gone, or the time is over. */
  abandon(): void {
    this.over();
    this.context.settings.clock.clearTimeout(this.timer);
  }

  /** The same answer for every user and every mistake; with a longer delay each time. */
  private deny(): void {
    const { throttle, transport, settings, realm } = this.context;
    const { authid } = this.hello;
    const who = typeof authid === 'string' ? ` of ${named(authid)}` : '';
    const from = transport.peer ? ` (${transport.peer})` : '';
    settings.log({ level: 'warn', message: `a login${who} to ${realm} was denied${from}${this.why}` });
    const answer = (): void => this.refuse('denied', DENIED, 'no such user, or a wrong proof');
    this.after(
      () => throttle.failed(networkOf(transport.peer), this.claimant),
      (waitMs) => {
        if (waitMs > 0) this.timer = settings.clock.setTimeout(answer, waitMs);
        else answer();
      },
    );
  }

  /** The claimed user and the realm. A realm's name is a URI, so it contains no space. */
  private get claimant(): string {
    const { authid } = this.hello;
    return `${this.context.realm} ${typeof authid === 'string' ? authid : ''}`;
  }

  private admit(who: Identity): void {
    if (this.isOver) return;
    this.after(
      () => this.context.hasRoom(),
      (hasRoom) => {
        this.over();
        if (hasRoom) this.keeper.admit(who);
        else this.keeper.refuse('wamp.error.unavailable', 'the router is full');
      },
    );
  }

  private refuse(why: LoginRefusal, reason: Uri, text: string): void {
    if (this.isOver) return;
    this.over();
    this.context.refused(why);
    this.keeper.refuse(reason, text);
  }

  /** For Autobahn|JS any ABORT is final, and after a restart a client may be back before the authenticator. */
  private turnAway(error: NobodyToAsk): void {
    const { settings, realm } = this.context;
    settings.log({ level: 'warn', message: `a login to ${realm} has to be tried again: ${messageOf(error)}`, error });
    this.over();
    this.context.refused('unavailable');
    this.keeper.turnAway();
  }

  private over(): void {
    if (this.isOver) return;
    this.isOver = true;
    const { throttle, transport } = this.context;
    if (this.hasEntered) throttle.leave(networkOf(transport.peer));
  }

  /** Awaits a value that may be slow, then continues. */
  private after<T>(work: () => Awaitable<T>, next: (value: T) => void): void {
    const go = (value: T): void => {
      if (!this.isOver) next(value);
    };
    const fail = (thrown: unknown): void => this.fail(thrown);
    try {
      const value = work();
      if (isThenable(value)) value.then(go).then(undefined, fail);
      else go(value);
    } catch (thrown) {
      fail(thrown);
    }
  }

  /** An error of our own classes is for the client, because the hook chose its text; any other stays here. */
  private fail(thrown: unknown): void {
    if (this.isOver) return;
    if (isSpoken(thrown)) return this.refuse('refused', thrown.uri, messageOf(thrown));
    if (thrown instanceof NobodyToAsk) return this.turnAway(thrown);
    const { log } = this.context.settings;
    if (thrown instanceof AuthenticatorFailed) log({ level: 'error', message: `a login failed: ${thrown.message}` });
    else log({ level: 'error', message: 'a login failed', error: thrown });
    this.refuse('failed', FAILED, 'the router could not check the login');
  }
}
