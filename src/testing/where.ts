/*
 * Which lines a fault meets.
 */
import type { Id } from '../index.ts';

/** Which lines a fault meets. Default: all, also those to come. */
export interface Where {
  readonly session?: Id | undefined;
  readonly authid?: string | undefined;
  readonly authrole?: string | undefined;
}

/** Who is on a line: empty from HELLO to WELCOME. */
export interface Who {
  session: Id | undefined;
  authid: string | undefined;
  authrole: string | undefined;
}

export function nobody(): Who {
  return { session: undefined, authid: undefined, authrole: undefined };
}

/** From a WELCOME. */
export function identify(who: Who, [, session, details]: readonly unknown[]): void {
  const { authid, authrole } = details as { readonly authid?: string; readonly authrole?: string };
  who.session = session as Id;
  who.authid = authid;
  who.authrole = authrole;
}

export function meets({ session, authid, authrole }: Where, who: Who): boolean {
  return (
    (session === undefined || session === who.session) &&
    (authid === undefined || authid === who.authid) &&
    (authrole === undefined || authrole === who.authrole)
  );
}
