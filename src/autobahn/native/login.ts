/*
 * How a session is asked for: the native connection underneath, what HELLO says, and what answers CHALLENGE. The options are read at each join, since
 * programs change them.
 */
import { type Connector, type Credentials, FatalError, type Connection as NativeConnection } from '../../index.ts';
import { isUri } from '../../protocol/uri.ts';
import type { IConnectionOptions } from '../api/connection-options.ts';
import type { Session } from '../api/session-api.ts';
import type { IRegisterOptions, ISubscribeOptions } from '../api/verbs.ts';
import type { Any } from '../base/any.ts';
import { assert, checkText, handle_error } from '../base/checks.ts';
import { receiver } from '../base/receiver.ts';
import { connection, type NativeOptions } from './native.ts';

type JoinOptions = Pick<
  IConnectionOptions,
  'realm' | 'authmethods' | 'authid' | 'authextra' | 'onchallenge' | 'on_user_error' | 'on_internal_error'
>;

export function checkJoin({ realm, authmethods, authid }: JoinOptions): void {
  checkText('join', 'realm', realm);
  assert(!authmethods || Array.isArray(authmethods), 'Session.join: <authmethods> must be an array []');
  checkText('join', 'authid', authid);
}

/** Realm and details of HELLO. The realm may be missing, if the router chooses it. */
export function hello(session: Session, options: JoinOptions, { authmethods: _, ...own }: Any): [realm: Any, details: Any] {
  const { realm, authmethods, authid, authextra } = options;
  session._realm = realm as string;
  return [realm, { ...own, ...(authmethods && { authmethods }), ...(authid && { authid }), ...(authextra && { authextra }) }];
}

/** The session that logs in now, and its options. */
type Asking = () => { readonly session: Session | null; readonly options: JoinOptions };

/** There is no limit in Autobahn|JS: a user who is asked for a password may take a while. */
const NEVER_MS = 2 ** 31 - 1;

/** The connection underneath. It has no time limit for a login, and its transports are those of this layer. */
export function underneath(
  url: Connector,
  asking: Asking,
  realm: unknown,
  more: Pick<NativeOptions, 'retry' | 'liveness'>,
): NativeConnection {
  return connection({ url, realm: uriFor(realm, 'unknown'), auth: credentials(asking), joinTimeoutMs: NEVER_MS, ...more });
}

/** Opens it. This layer reports the end itself, so the client must not set the exit code of the process. */
export function openNative(native: NativeConnection): void {
  void native.closed;
  void native.open();
}

/** Asked at each attempt. Invalid options are a {@link FatalError}. */
function credentials(asking: Asking): Credentials {
  return {
    // `onchallenge` answers whatever the router asks for, offered or not. `hello` says what is offered.
    authmethods: Object.assign([], { includes: () => true }),
    begin() {
      const { session, options } = asking();
      try {
        checkJoin(options);
      } catch (thrown) {
        handle_error(options.on_internal_error, thrown);
        throw new FatalError(thrown instanceof Error ? thrown.message : String(thrown));
      }
      return { onchallenge: (method, extra) => answer(session, options, method, extra) };
    },
  };
}

async function answer(session: Session | null, options: JoinOptions, method: string, extra: Any): Promise<Any> {
  const ask = session?._onchallenge;
  if (!session || !ask) {
    const missing = new Error('received WAMP challenge, but no onchallenge() handler set');
    handle_error(options.on_internal_error, missing);
    throw missing;
  }
  try {
    const given = await ask.call(receiver, session, method, extra);
    const answer = Array.isArray(given) ? { signature: given[0], extra: given[1] } : given;
    const signature = answer?.signature ?? answer;
    assert(typeof signature === 'string', `expected a signature as a string, got ${signature && typeof signature}`);
    return { signature, extra: answer.extra ?? {} };
  } catch (thrown) {
    handle_error(options.on_user_error, thrown, 'onchallenge() raised: ');
    throw thrown;
  }
}

/** What the native connection gets for a text that a program gives as a URI. The text itself is sent. */
export function uriFor<T>(text: unknown, otherwise: T): string | T {
  return typeof text === 'string' && isUri(text) ? text : otherwise;
}

/** The options of `subscribe` and `register` as the native connection takes them: it checks whether `match` is what it may be. */
export type OptionsTaken = { match?: 'exact' } | undefined;

export function optionsTaken(options: ISubscribeOptions | IRegisterOptions | undefined): OptionsTaken {
  return options as OptionsTaken;
}
