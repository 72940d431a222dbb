/*
 * Ways to log in. An object literal will do: `authmethods` and `onchallenge`, asked anew at every join.
 */
import { FatalError, JoinError, messageOf, type WampError } from '../base/errors.ts';
import { checkOptions, dict, type Known, string } from '../base/options.ts';
import type { Awaitable, Dict } from '../base/words.ts';

/** One try to connect and join. */
export interface Attempt {
  /** 1 for the first try after `open()` and after a stable session. */
  readonly number: number;
  /** Why the last one failed or ended. `previous?.uri === 'wamp.error.authentication_denied'`: get a new token. */
  readonly previous: WampError | undefined;
  readonly signal: AbortSignal;
}

/** One way to log in. */
export interface Credentials {
  readonly authmethods: readonly string[];
  /** Somebody is asked for the secret at each login: one that was refused may be another next time. Default false. */
  readonly isAsked?: boolean | undefined;
  begin(attempt: Attempt): Awaitable<Login>;
}

/** What one login knows; a new one for each join, so nonces live here. */
export interface Login {
  readonly authid?: string | undefined;
  readonly authextra?: Dict | undefined;
  onchallenge?(
    method: string,
    extra: Dict,
    line: LoginLine,
  ): Awaitable<string | { readonly signature: string; readonly extra: Dict }>;
  /** Checks the router's side, given WELCOME.Details; throwing refuses the session. */
  onwelcome?(details: Dict): Awaitable<void>;
}

/** The line that a login is on. */
export interface LoginLine {
  /** Bytes that both ends of this TLS connection know and nobody else (WAMP "TLS Channel Binding"); undefined where there are none. */
  channelBinding(type: 'tls-exporter' | 'tls-unique'): Uint8Array | undefined;
}

/** A secret, or where to get it. A function is asked only when the router picks the method. */
export type Secret<T = string> = T | ((attempt: Attempt) => Awaitable<T>);

/** The secret, fetched if need be. What the function throws refuses this login; a `FatalError` ends the attempts. */
export function ask<T extends string | object>(secret: Secret<T>, attempt: Attempt): Awaitable<T> {
  return typeof secret === 'function' ? secret(attempt) : secret;
}

export function isAsked(secret: Secret<string | object>): boolean {
  return typeof secret === 'function';
}

/** The value itself stays out of the message. */
export function expectString(name: string, value: unknown): string {
  if (typeof value !== 'string') throw new TypeError(`expected ${name} to be a string, got ${typeof value}`);
  return value;
}

/** A secret that is kept, or a key is made of: an environment variable that is not set must not open an account. */
export function expectSecret(name: string, value: unknown): string {
  if (expectString(name, value) === '') throw new TypeError(`expected ${name} to be a string that is not empty, got an empty one`);
  return value as string;
}

/** Options of a way to log in, of which most may be secret: what came is told by its type. @throws TypeError */
export function checkLogin(what: string, options: unknown, more: Known): void {
  checkOptions(`${what}()`, options, { authid: string, authextra: dict, ...more }, (value) => typeof value);
}

/** No proof: the router decides who this is (WAMP method `anonymous`). */
export function anonymous(
  options: { readonly authid?: string | undefined; readonly authextra?: Dict | undefined } = {},
): Credentials {
  checkLogin('anonymous', options, {});
  return { authmethods: ['anonymous'], begin: () => options };
}

/** Several ways at once: what HELLO offers, and who answers which method. */
export interface Offer {
  readonly authmethods: readonly string[];
  readonly authid: string | undefined;
  readonly authextra: Dict | undefined;
  /** Undefined for a method that was not offered. */
  loginFor(method: string): Login | undefined;
  readonly logins: readonly Login[];
}

/** @throws {@link FatalError} when two ways name different users. */
export async function begin(credentials: readonly Credentials[], attempt: Attempt): Promise<Offer> {
  const logins = await Promise.all(
    credentials.map(async (each) => ({ methods: each.authmethods, login: await each.begin(attempt) })),
  );
  const authids = new Set(logins.flatMap(({ login }) => (login.authid === undefined ? [] : [login.authid])));
  if (authids.size > 1) throw new FatalError(`expected one authid in all credentials, got ${[...authids].join(' and ')}`);
  const extras = logins.flatMap(({ login }) => (login.authextra ? [login.authextra] : []));
  return {
    authmethods: logins.flatMap(({ methods }) => methods),
    authid: [...authids][0],
    authextra: extras.length > 0 ? Object.assign({}, ...extras) : undefined,
    logins: logins.map(({ login }) => login),
    loginFor: (method) => logins.find(({ methods }) => methods.includes(method))?.login,
  };
}

/** What a login threw, as text for ABORT: never the secret, so only an error's message. */
export function loginComplaint(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : `the login failed: ${messageOf(thrown)}`;
}

/** What a login throws when it is not content with the router. */
export function refusal(text: string): JoinError {
  return new JoinError('wamp.error.cannot_authenticate', text);
}
