/*
 * WAMP "Ticket-based Authentication": CHALLENGE is answered with the secret as it is, so it wants an encrypted line.
 */
import { any } from '../base/options.ts';
import type { Dict } from '../base/words.ts';
import { ask, type Credentials, checkLogin, expectString, isAsked, type Secret } from './credentials.ts';

/**
 * Logs in with a ticket: a password or a token (WAMP method `ticket`).
 *
 * It travels as it is: over an open network only by `wss://`.
 *
 * @param options - `ticket`: the secret, or a function that gets it, asked only when the router picks this method; `attempt.previous` tells
 * it why the last login failed. `authextra`: more for HELLO.
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
