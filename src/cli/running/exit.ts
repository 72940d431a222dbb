/*
 * How a command ends: the exit code and the one line on stderr.
 */

import { oneLine } from '../../base/words.ts';
import { ApplicationError, ConnectionLostError, FatalError, JoinError, TransportError, WampError } from '../../index.ts';
import { toJson } from '../text/json-text.ts';

export const Exit = { ok: 0, usage: 1, connect: 2, auth: 3, wamp: 4, timeout: 5 } as const;

/** A signal ended it: 130 for Ctrl-C, as shells count. */
export class Interrupted extends Error {
  readonly code: number;

  constructor(signal: string, code: number) {
    super(signal);
    this.code = code;
  }
}

/** Nobody reads our output any more: a normal end (`| head -1`). */
export class OutputClosed extends Error {}

/** ABORTs about the login. Those about the realm are not among them. */
const LOGIN = /auth|no_such_principal|no_such_role/;

export function exitCode(error: unknown): number {
  if (error instanceof Interrupted) return error.code;
  if (error instanceof OutputClosed) return Exit.ok;
  // Our own limit, or the router's: it got the same limit from us, and may be quicker.
  if (error instanceof WampError && error.uri === 'wamp.error.timeout') return Exit.timeout;
  if (error instanceof TransportError) return error.uri === 'autostrada.error.invalid_url' ? Exit.usage : Exit.connect;
  if (error instanceof FatalError) return Exit.auth; // of a login: nothing else throws one here
  if (error instanceof JoinError) return LOGIN.test(error.uri) ? Exit.auth : Exit.connect;
  if (error instanceof ConnectionLostError) return isLoss(error.uri) ? Exit.connect : Exit.wamp;
  return error instanceof WampError ? Exit.wamp : Exit.usage;
}

/** How many characters of an error are shown: a payload may be long. */
const MOST = 10_000;

/** The connection or the router went away; otherwise the router has sent an error. */
function isLoss(uri: string): boolean {
  return uri === 'wamp.error.network_failure' || uri.startsWith('wamp.close.');
}

/** Undefined if there is nothing to print. */
export function complaint(error: unknown): string | undefined {
  if (error instanceof Interrupted || error instanceof OutputClosed) return undefined;
  if (error instanceof ApplicationError) return oneLine(error.message + payloadOf(error), MOST);
  return oneLine(error instanceof Error ? error.message || error.name : String(error), MOST);
}

/** The part of an ERROR that its message does not show: the message has the URI, and the first argument if that is text. */
function payloadOf({ args, kwargs }: ApplicationError): string {
  const rest = typeof args[0] === 'string' && args[0] !== '' ? args.slice(1) : args;
  return (rest.length > 0 ? ` ${toJson(rest)}` : '') + (Object.keys(kwargs).length > 0 ? ` ${toJson(kwargs)}` : '');
}
