/* The page's connection to the inspector's router, and what it asks there. */
import { type Signal, signal } from '@preact/signals';
import { INSPECT_REALM, INSPECTOR } from '../../cli/inspector/words.ts';
import {
  ApplicationError,
  anonymous,
  Connection,
  type Credentials,
  JoinError,
  Result,
  type Session,
  type Status,
  ticket,
} from '../../index.ts';
import { scram } from '../../scram.ts';
import { wampcra } from '../../wampcra.ts';

/** Whether users log in, and not a token: the page says so. */
export const isForUsers: boolean = document.documentElement.hasAttribute('data-login');

export interface UserLogin {
  readonly authid: string;
  readonly secret: string;
}

export type Link =
  | { readonly state: 'connecting' }
  | { readonly state: 'open'; readonly session: Session }
  /** The router is not there now. */
  | { readonly state: 'lost'; readonly why: string }
  /** It wants a token, or a login. */
  | { readonly state: 'refused'; readonly why: string };

export const link: Signal<Link> = signal<Link>({ state: 'connecting' });

/** The token is for one login: it leaves the address at once, so that it is neither in the history nor in a bookmark. */
function takeToken(): string | undefined {
  const token = /^#token=([\w-]+)/.exec(location.hash)?.[1];
  if (token !== undefined) history.replaceState(null, '', location.pathname);
  return token;
}

let connection: Connection | undefined;

/** @param user - What somebody has filled in. */
export function start(user?: UserLogin): void {
  void connection?.close();
  const own = new Connection({
    url: new URL('ws', location.href).href.replace(/^http/, 'ws'),
    realm: INSPECT_REALM,
    auth: credentialsOf(user),
    retry: { maxMs: 3000 },
  });
  connection = own;
  own.on('status', (status) => {
    if (connection === own) link.value = linkOf(status);
  });
  own.open().catch(() => {}); // the status says it
}

/** A browser that is remembered by its cookie needs nothing else. */
function credentialsOf(user: UserLogin | undefined): readonly Credentials[] {
  if (user) {
    const { authid, secret } = user;
    return [scram({ authid, password: secret }), wampcra({ authid, secret }), ticket({ authid, ticket: secret })];
  }
  const token = takeToken();
  return [anonymous(), ...(token === undefined ? [] : [ticket({ authid: INSPECTOR, ticket: token })])];
}

/** The browser is not remembered any more. */
export async function logOut(): Promise<void> {
  await connection?.close({ reason: 'wamp.close.logout' });
  link.value = { state: 'refused', why: '' };
}

function linkOf(status: Status): Link {
  switch (status.state) {
    case 'joined':
      return { state: 'open', session: status.session };
    case 'waiting':
      return { state: 'lost', why: status.error.message };
    case 'closed':
      return status.error instanceof JoinError
        ? { state: 'refused', why: status.error.message }
        : { state: 'lost', why: status.error?.message ?? 'it was closed' };
    default:
      return link.value.state === 'lost' ? link.value : { state: 'connecting' };
  }
}

/** @throws Error, if there is no session; what the router answers. */
export async function ask<T>(procedure: string, argument?: unknown, signal?: AbortSignal): Promise<T> {
  const { value } = link;
  if (value.state !== 'open') throw new Error('the router is not there');
  return value.session.call<T>(procedure, argument === undefined ? [] : [argument], {}, signal ? { signal } : {});
}

interface Listeners<P, R> {
  readonly progress: (value: P) => void;
  readonly result: (value: R) => void;
  /** Gets why there is no result, unless it was stopped. */
  readonly ended: (why: string) => void;
}

/** Asks for something with progressive results. @returns What stops it. */
export function followToEnd<P, R = P>(
  procedure: string,
  argument: unknown,
  { progress, result, ended }: Listeners<P, R>,
): () => void {
  const { value } = link;
  if (value.state !== 'open') {
    ended('the router is not there');
    return () => {};
  }
  const stopping = new AbortController();
  const { signal } = stopping;
  const onProgress = (news: unknown): void => {
    if (!signal.aborted) progress((news instanceof Result ? news.args[0] : news) as P);
  };
  value.session.call<R>(procedure, [argument], {}, { signal, onProgress }).then(
    (last) => {
      if (!signal.aborted) result(last);
    },
    (error: unknown) => {
      if (!signal.aborted) ended(textOf(error));
    },
  );
  return () => stopping.abort();
}

/** Asks for news until it is stopped, or the session ends. */
export function follow<T>(procedure: string, argument: unknown, news: (news: T) => void, ended: (why: string) => void): () => void {
  return followToEnd<T, unknown>(procedure, argument, { progress: news, result: () => ended('it has ended'), ended });
}

export function textOf(error: unknown): string {
  if (error instanceof ApplicationError) return typeof error.args[0] === 'string' ? error.args[0] : error.uri;
  return error instanceof Error ? error.message : String(error);
}
