/* The page's connection to the inspector's router, and what it asks there. */
import { type Signal, signal } from '@preact/signals';
import { INSPECT_REALM, INSPECTOR } from '../../cli/inspector/words.ts';
import { ApplicationError, anonymous, Connection, JoinError, Result, type Session, type Status, ticket } from '../../index.ts';

export type Link =
  | { readonly state: 'connecting' }
  | { readonly state: 'open'; readonly session: Session }
  /** The router is not there now. */
  | { readonly state: 'lost'; readonly why: string }
  /** It wants a token. */
  | { readonly state: 'refused' };

export const link: Signal<Link> = signal<Link>({ state: 'connecting' });

/** The token is for one login: it leaves the address at once, so that it is neither in the history nor in a bookmark. */
function takeToken(): string | undefined {
  const token = /^#token=([\w-]+)/.exec(location.hash)?.[1];
  if (token !== undefined) history.replaceState(null, '', location.pathname);
  return token;
}

let connection: Connection | undefined;

export function start(): void {
  const token = takeToken();
  connection = new Connection({
    url: new URL('ws', location.href).href.replace(/^http/, 'ws'),
    realm: INSPECT_REALM,
    // A browser that is remembered by its cookie needs no token.
    auth: [anonymous(), ...(token === undefined ? [] : [ticket({ authid: INSPECTOR, ticket: token })])],
    retry: { maxMs: 3000 },
  });
  connection.on('status', (status) => {
    link.value = linkOf(status);
  });
  connection.open().catch(() => {}); // the status says it
}

function linkOf(status: Status): Link {
  switch (status.state) {
    case 'joined':
      return { state: 'open', session: status.session };
    case 'waiting':
      return { state: 'lost', why: status.error.message };
    case 'closed':
      return status.error instanceof JoinError
        ? { state: 'refused' }
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
