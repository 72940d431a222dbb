/*
 * Ways to log in. An object literal is enough: it has `authmethods` and `begin`, which is called at every join.
 */
import { FatalError, JoinError, messageOf, type WampError } from '../base/errors.ts';
import { checkOptions, dict, type Known, string } from '../base/options.ts';
import type { Awaitable, Dict } from '../base/words.ts';

/** One try to connect and join. */
export interface Attempt {
  /** 1 for the first try after `open()` and after a stable session. */
  readonly number: number;
  /**
   * Why the last attempt failed or ended. For `previous?.uri === 'wamp.error.authentication_denied'` a function gets a new
   * token.
   */
  readonly previous: WampError | undefined;
  readonly signal: AbortSignal;
}

/** One way to log in. */
export interface Credentials {
  readonly authmethods: readonly string[];
  /**
   * Whether a function supplies the secret at each login. After a refusal such a function may supply another secret. Default
   * false.
   */
  readonly isAsked?: boolean | undefined;
  begin(attempt: Attempt): Awaitable<Login>;
}

/** What one login knows. Each join has a new one, so nonces are kept here. */
export interface Login {
  readonly authid?: string | undefined;
  readonly authextra?: Dict | undefined;
  onchallenge?(
    method: string,
    extra: Dict,
    channel: LoginChannel,
  ): Awaitable<string | { readonly signature: string; readonly extra: Dict }>;
  /** Checks the router, given WELCOME.Details. If it throws, the client refuses the session. */
  onwelcome?(details: Dict): Awaitable<void>;
}

/** The connection over which a login takes place. */
export interface LoginChannel {
  /** Bytes that only the two ends of this TLS connection know (WAMP "TLS Channel Binding"). Undefined if there are none. */
  channelBinding(type: 'tls-exporter' | 'tls-unique'): Uint8Array | undefined;
}

/** A secret, or a function that gets it. The function is called only when the router picks the method. */
export type Secret<T = string> = T | ((attempt: Attempt) => Awaitable<T>);

/** Gets the secret. If the function throws, this login is refused; a `FatalError` ends all attempts. */
export function ask<T extends string | object>(secret: Secret<T>, attempt: Attempt): Awaitable<T> {
  return typeof secret === 'function' ? secret(attempt) : secret;
}

export function isAsked(secret: Secret<string | object>): boolean {
  return typeof secret === 'function';
}

/** The error message does not show the value. */
export function expectString(name: string, value: unknown): string {
  if (typeof value !== 'string') throw new TypeError(`expected ${name} to be a string, got ${typeof value}`);
  return value;
}

/** For a secret that is stored, or from which a key is made: an environment variable that is not set must not open an account. */
export function expectSecret(name: string, value: unknown): string {
  const text = expectString(name, value);
  if (text === '') throw new TypeError(`expected ${name} to be a string that is not empty, got an empty one`);
  return text;
}

/**
 * Checks the options of a way to log in. Most of them may be secret, so the error message shows only the type of a value.
 * @throws TypeError
 */
export function checkLogin(what: string, options: unknown, more: Known): void {
  checkOptions(`${what}()`, options, { authid: string, authextra: dict, ...more }, (value) => typeof value);
}

/** Logs in without a proof: the router decides who this is (WAMP method `anonymous`). */
export function anonymous(
  options: { readonly authid?: string | undefined; readonly authextra?: Dict | undefined } = {},
): Credentials {
  checkLogin('anonymous', options, {});
  return { authmethods: ['anonymous'], begin: () => options };
}

/** Several ways to log in at once: what HELLO offers, and which login answers which method. */
export interface Offer {
  readonly authmethods: readonly string[];
  readonly authid: string | undefined;
  readonly authextra: Dict | undefined;
  /** Undefined for a method that was not offered. */
  loginFor(method: string): Login | undefined;
  readonly logins: readonly Login[];
}

/** @throws {@link FatalError} when two credentials name different users. */
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

/** What a login threw, as text for ABORT. It is only an error's message, so that it never shows the secret. */
export function loginComplaint(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : `the login failed: ${messageOf(thrown)}`;
}

/** What a login throws when it refuses the router. */
export function refusal(text: string): JoinError {
  return new JoinError('wamp.error.cannot_authenticate', text);
}
