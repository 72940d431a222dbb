/*
 * Finds users: in the configuration, by the hook `findUser`, by a realm's authenticator. Each returns a record to check
 * against; the login does the check.
 */
import { sameText } from '../../auth/crypto/bytes.ts';
import { isDict, show } from '../../base/checks.ts';
import { ApplicationError, messageOf } from '../../base/errors.ts';
import { nearest } from '../../base/nearest.ts';
import type { Awaitable, Dict, Uri } from '../../base/words.ts';
import type { AskProcedure } from '../authorization/gate.ts';
import type { Principal, User, UserConfig, UserQuery } from '../session/user.ts';
import type { Attempt } from './attempt.ts';
import { within } from './config-path.ts';
import { methods } from './methods.ts';
import { userOf } from './principals.ts';
import { checkProofs, kindOf } from './user-proofs.ts';

const keys = ['authrole', 'ticket', 'wampcra', 'scram', 'cryptosign', 'authextra'];

/** @throws TypeError that names the path. It never shows a value, because they are secrets. */
function checkUser(user: unknown, path: string): asserts user is UserConfig {
  check(user, path, 'config');
}

/** The same for a user that code or an authenticator has found: it may have an authid, and check a ticket itself. */
function checkFound(user: unknown, path: string): asserts user is User {
  check(user, path, 'code');
}

function check(user: unknown, path: string, origin: 'config' | 'code'): void {
  if (!isDict(user)) throw new TypeError(`${path}: expected an object, got ${kindOf(user)}`);
  for (const key of Object.keys(user)) {
    if (!keys.includes(key) && !(origin === 'code' && key === 'authid'))
      throw new TypeError(`${path}: expected ${keys.join(', ')}, got '${key}'${nearest(key, keys)}`);
  }
  if (typeof user.authrole !== 'string') throw new TypeError(`${path}.authrole: expected a string, got ${show(user.authrole)}`);
  const checksTicket = origin === 'code' && typeof user.ticket === 'function';
  checkProofs(checksTicket ? { ...user, ticket: undefined } : user, path);
  const { authextra } = user;
  if (authextra !== undefined && !isDict(authextra))
    throw new TypeError(`${path}.authextra: expected an object, got ${kindOf(authextra)}`);
}

/** A user, and where it was found: WELCOME's `authprovider`. */
export interface Found {
  readonly user: User;
  readonly authid: string;
  readonly authprovider: 'static' | 'dynamic';
}

export interface UserSources {
  readonly users: ReadonlyMap<string, UserConfig>;
  readonly findUser: ((query: UserQuery) => Awaitable<User | undefined>) | undefined;
  /** WAMP "Dynamic Authentication", as in Crossbar.io: `(realm, authid, details)`. */
  readonly authenticator: Uri | undefined;
  readonly ask: AskProcedure;
}

/** @param refused - Gets what the authenticator says when it refuses, for the log. */
export async function findUser(sources: UserSources, query: UserQuery, refused: (why: string) => void): Promise<Found | undefined> {
  const listed = findListed(sources.users, query);
  if (listed) return listed;
  const given = (await sources.findUser?.(query)) ?? (await askAuthenticator(sources, query, refused));
  if (given === undefined || given === null) return undefined;
  checkFound(given, 'the user that was found');
  return { user: given, authid: given.authid ?? query.authid ?? '', authprovider: 'dynamic' };
}

/** Finds by authid; without one, by the claimed key (WAMP-cryptosign). */
function findListed(users: ReadonlyMap<string, UserConfig>, { authid, authextra }: UserQuery): Found | undefined {
  if (authid !== undefined) {
    const user = users.get(authid);
    return user && { user, authid, authprovider: 'static' };
  }
  const { pubkey } = authextra;
  if (typeof pubkey !== 'string') return undefined;
  const wanted = pubkey.toLowerCase();
  for (const [name, user] of users) {
    if (user.cryptosign?.publicKeys.some((key) => key.toLowerCase() === wanted))
      return { user, authid: name, authprovider: 'static' };
  }
  return undefined;
}

/**
 * Asks the realm's authenticator. It may check a ticket itself, as at Crossbar.io: if its first answer has none, or is an error, it is called
 * again with `details.ticket`, and any answer means that the ticket is right.
 */
async function askAuthenticator(
  { authenticator, ask }: UserSources,
  query: UserQuery,
  refused: (why: string) => void,
): Promise<User | undefined> {
  if (authenticator === undefined) return undefined;
  const { realm, authid, authmethods, authextra, transport, session } = query;
  const details = {
    session,
    authid: authid ?? null,
    authmethod: authmethods[0],
    authmethods,
    authextra,
    transport: { kind: transport.kind, peer: transport.peer, is_secure: transport.isSecure ?? false },
  };
  const asked = async (more: Dict): Promise<User | undefined> =>
    userOf(await answer(ask(authenticator, [realm, authid ?? null, { ...details, ...more }])), realm);
  const refusal = (error: unknown): undefined => {
    if (!(error instanceof Refusal)) throw error;
    refused(error.message);
    return undefined;
  };
  const checked = async (ticket: string): Promise<Principal | false> => {
    const user = await asked({ authmethod: 'ticket', ticket }).catch(refusal);
    if (!user || (typeof user.ticket === 'string' && !sameText(user.ticket, ticket))) return false;
    return { authid: user.authid, authrole: user.authrole, authextra: user.authextra };
  };
  if (!authmethods.includes('ticket')) return asked({}).catch(refusal);
  // Crossbar.io calls it only with the ticket. So without the ticket it may answer anything.
  const user = await asked({}).catch((error: unknown): User | undefined => {
    if (error instanceof Refusal && error.isPlain) return refusal(error);
    if (!(error instanceof Error && hasAnswered(error.cause))) throw error;
    return { authrole: 'user' };
  });
  return user && user.ticket === undefined ? { ...user, ticket: checked } : user;
}

function hasAnswered(cause: unknown): boolean {
  return cause instanceof ApplicationError && !LATER.includes(cause.uri);
}

/** An authenticator refuses by an answer, by one of these errors, or by an error with its own URI. */
const NO = ['authentication_denied', 'no_such_principal', 'no_such_role', 'not_authorized'].map((name) => `wamp.error.${name}`);

/** The authenticator is not available: it has not registered yet, is gone, or is too busy. */
const LATER = [
  ...['no_such_procedure', 'no_available_callee', 'unavailable', 'canceled', 'timeout'].map((name) => `wamp.error.${name}`),
  'crossbar.error.max_concurrency_reached',
];

/** Any other ERROR with such a URI is the authenticator's own failure, such as `wamp.error.runtime_error`. */
const NOT_ITS_OWN = /^(wamp|autostrada|crossbar)\./;

/** Logins cannot be checked at the moment. */
export class NobodyToAsk extends Error {}

/** The authenticator has failed. The text says all: the stack would be that of the router. */
export class AuthenticatorFailed extends Error {}

/** The authenticator refuses the user. For the client that is the same as a wrong secret. */
class Refusal extends Error {
  /** It never means that the ticket is missing. */
  readonly isPlain: boolean;

  constructor(error: ApplicationError) {
    super(error.message, { cause: error });
    this.isPlain = NO.includes(error.uri);
  }
}

/** The URI of its error is not for the client. */
async function answer(asked: Promise<unknown>): Promise<unknown> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof ApplicationError)) throw new AuthenticatorFailed(failure(error), { cause: error });
    if (LATER.includes(error.uri)) throw new NobodyToAsk(failure(error), { cause: error });
    if (NO.includes(error.uri) || !NOT_ITS_OWN.test(error.uri)) throw new Refusal(error);
    throw new AuthenticatorFailed(failure(error), { cause: error });
  }
}

function failure(error: unknown): string {
  return `the authenticator failed: ${messageOf(error)}`;
}

/** @throws TypeError */
export function checkUsers(
  users: unknown,
  authroles: ReadonlySet<string>,
  path: string,
  attempt: Attempt,
): ReadonlyMap<string, UserConfig> {
  if (users === undefined) return new Map();
  if (!isDict(users)) throw new TypeError(`${path}: expected an object, got ${kindOf(users)}`);
  const checked = new Map<string, UserConfig>();
  for (const [authid, user] of Object.entries(users)) {
    attempt(() => {
      checked.set(authid, checkListed(user, authroles, within(path, authid)));
    });
  }
  return checked;
}

function checkListed(user: unknown, authroles: ReadonlySet<string>, at: string): UserConfig {
  checkUser(user, at);
  if (!authroles.has(user.authrole))
    throw new TypeError(`${at}.authrole: expected one of the realm's authroles, got ${show(user.authrole)}`);
  const { publicKeys } = user.cryptosign ?? {};
  const proofs = [...methods.values()].filter(({ isOf }) => isOf(user));
  if (proofs.length === (publicKeys?.length === 0 ? 1 : 0))
    throw new TypeError(`${at}: expected ticket, wampcra, scram or cryptosign: without any of them nobody can log in as this user`);
  return user;
}
