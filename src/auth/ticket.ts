/*
 * WAMP "Ticket-based Authentication": the client answers CHALLENGE with the secret itself, so the connection should be
 * encrypted.
 */
import { any } from '../base/options.ts';
import type { Dict } from '../base/words.ts';
import { ask, type Credentials, checkLogin, expectString, isAsked, type Secret } from './credentials.ts';

/**
 * Logs in with a ticket: a password or a token (WAMP method `ticket`).
 *
 * The ticket is sent as it is. Over an open network, use it only with `wss://`.
 *
 * @param options - `ticket`: the secret, or a function that gets it, called only when the router picks this method;
 * `attempt.previous` says why the last login failed. `authextra`: more for HELLO.
 * @throws TypeError when `authid` or `ticket` is missing.
 * @see {@link https://wamp-proto.org/wamp_latest_ietf.html | WAMP, "Ticket-based Authentication"}
 */
export function ticket(options: {
  readonly authid: string;
  readonly ticket: Secret;
  readonly authextra?: Dict | undefined;
}): Credentials {
  checkLogin('ticket', options, { ticket: any });
  const { authid, authextra, ticket } = options;
  expectString('authid', authid);
  if (typeof ticket !== 'function') expectString('ticket', ticket);
  return {
    authmethods: ['ticket'],
    isAsked: isAsked(ticket),
    begin: (attempt) => ({ authid, authextra, onchallenge: async () => expectString('ticket', await ask(ticket, attempt)) }),
  };
}
