/*
 * Which connections a fault meets.
 */
import type { Id } from '../index.ts';

/** Which connections a fault meets. Default: all, also later ones. */
export interface Where {
  readonly session?: Id | undefined;
  readonly authid?: string | undefined;
  readonly authrole?: string | undefined;
}

/** Whose connection it is: empty from HELLO to WELCOME. */
export interface Who {
  session: Id | undefined;
  authid: string | undefined;
  authrole: string | undefined;
}

const names: readonly string[] = ['session', 'authid', 'authrole'];

const types: readonly string[] = (
  'HELLO WELCOME ABORT CHALLENGE AUTHENTICATE GOODBYE ERROR PUBLISH PUBLISHED SUBSCRIBE SUBSCRIBED UNSUBSCRIBE UNSUBSCRIBED EVENT ' +
  'CALL CANCEL RESULT REGISTER REGISTERED UNREGISTER UNREGISTERED INVOCATION INTERRUPT YIELD'
).split(' ');

/** @throws TypeError for an unknown type of message: it would never come. */
export function checkType(type: string): void {
  if (!types.includes(type))
    throw new TypeError(`expected a type of message (${types.join(', ')}), got ${JSON.stringify(type) ?? typeof type}`);
}

/** @throws TypeError for an unknown name: without this check the fault would meet all clients. */
export function checkWhere(where: Where): void {
  if (typeof where !== 'object' || where === null)
    throw new TypeError(`expected { ${names.join(', ')} } of a connection, got ${typeof where}`);
  const other = Object.keys(where).find((name) => !names.includes(name));
  if (other !== undefined) throw new TypeError(`expected { ${names.join(', ')} } of a connection, got '${other}'`);
}

export function nobody(): Who {
  return { session: undefined, authid: undefined, authrole: undefined };
}

/** From a WELCOME. */
export function identify(who: Who, [, session, details]: readonly unknown[]): void {
  who.session = typeof session === 'number' ? session : undefined;
  if (typeof details !== 'object' || details === null) return;
  who.authid = 'authid' in details && typeof details.authid === 'string' ? details.authid : undefined;
  who.authrole = 'authrole' in details && typeof details.authrole === 'string' ? details.authrole : undefined;
}

export function meets({ session, authid, authrole }: Where, who: Who): boolean {
  return (
    (session === undefined || session === who.session) &&
    (authid === undefined || authid === who.authid) &&
    (authrole === undefined || authrole === who.authrole)
  );
}
