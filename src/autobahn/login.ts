/* How a session is asked for: what HELLO says, and who answers CHALLENGE. The options are read at each join, since programs change them. */
import { type Credentials, FatalError } from '../index.ts';
import type { Any } from './any.ts';
import { assert, checkText, handle_error } from './checks.ts';
import type { Session } from './session.ts';
import type { IConnectionOptions } from './type-names.ts';

type JoinOptions = Pick<
  IConnectionOptions,
  'realm' | 'authmethods' | 'authid' | 'authextra' | 'onchallenge' | 'on_user_error' | 'on_internal_error'
>;

export function checkJoin({ realm, authmethods, authid }: JoinOptions): void {
  checkText('join', 'realm', realm);
  assert(!authmethods || Array.isArray(authmethods), 'Session.join: <authmethods> must be an array []');
  checkText('join', 'authid', authid);
}

/** Realm and details of HELLO: none is a realm, too, where the router chooses it. */
export function hello(session: Session, options: JoinOptions, { authmethods: _, ...own }: Any): [realm: Any, details: Any] {
  const { realm, authmethods, authid, authextra } = options;
  session._realm = realm as string;
  return [realm, { ...own, ...(authmethods && { authmethods }), ...(authid && { authid }), ...(authextra && { authextra }) }];
}

/** Asked at each attempt; a {@link FatalError} for options that are none. */
export function credentials(about: () => { readonly session: Session | null; readonly options: JoinOptions }): Credentials {
  return {
    // Whatever the router asks for is for `onchallenge` to answer, be it offered or not; what is offered is said by `hello`.
    authmethods: Object.assign([], { includes: () => true }),
    begin() {
      const { session, options } = about();
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
    const given = await ask(session, method, extra);
    return Array.isArray(given) ? { signature: given[0], extra: given[1] ?? {} } : given;
  } catch (thrown) {
    handle_error(options.on_user_error, thrown, 'onchallenge() raised: ');
    throw thrown;
  }
}

/** What the native connection is told; HELLO says the real one. */
export function realmOf(realm: unknown): string {
  return typeof realm === 'string' && /^[^\s.#]+(\.[^\s.#]+)*$/.test(realm) ? realm : 'unknown';
}
