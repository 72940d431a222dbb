/*
 * WAMP's messages: the codes, and an interface for each message. Their form on the wire is in rows.ts and wire.ts.
 */

import type { Dict, Id, Uri } from '../base/words.ts';
import type { Carried } from '../serializer/formats/carried.ts';

/**
 * WAMP "Message Codes and Direction". EVENT_RECEIVED comes from Autobahn: it is in the test vectors, but not in the text of
 * the specification.
 */
export const Code = {
  HELLO: 1,
  WELCOME: 2,
  ABORT: 3,
  CHALLENGE: 4,
  AUTHENTICATE: 5,
  GOODBYE: 6,
  ERROR: 8,
  PUBLISH: 16,
  PUBLISHED: 17,
  SUBSCRIBE: 32,
  SUBSCRIBED: 33,
  UNSUBSCRIBE: 34,
  UNSUBSCRIBED: 35,
  EVENT: 36,
  CALL: 48,
  CANCEL: 49,
  RESULT: 50,
  REGISTER: 64,
  REGISTERED: 65,
  UNREGISTER: 66,
  UNREGISTERED: 67,
  INVOCATION: 68,
  INTERRUPT: 69,
  YIELD: 70,
  EVENT_RECEIVED: 337,
} as const;
export type Name = keyof typeof Code;
export type Code = (typeof Code)[Name];

/** `CALL` for 48. For a number that is not a code of WAMP it is the number, for any other value only its type. */
export function nameOf(code: unknown): string {
  const codes: { readonly [name: string]: number } = Code;
  for (const name in codes) if (codes[name] === code) return name;
  return typeof code === 'number' ? String(code) : typeof code; // a value from elsewhere: some values cannot be turned into text
}

/** WAMP "Application Payloads": absent and empty mean the same. */
export interface Payload {
  readonly args?: readonly unknown[] | undefined;
  readonly kwargs?: Dict | undefined;
  /** At a router: the payload as it came. `args` and `kwargs` are absent then. */
  readonly carried?: Carried | undefined;
}

export interface Hello {
  readonly type: typeof Code.HELLO;
  readonly realm: Uri;
  readonly details: Dict;
}
export interface Welcome {
  readonly type: typeof Code.WELCOME;
  readonly session: Id;
  readonly details: Dict & { readonly roles: { readonly broker?: Dict; readonly dealer?: Dict } };
}
export interface Abort extends Payload {
  readonly type: typeof Code.ABORT;
  readonly details: Dict;
  readonly reason: Uri;
}
export interface Challenge {
  readonly type: typeof Code.CHALLENGE;
  readonly authmethod: string;
  readonly extra: Dict;
}
export interface Authenticate {
  readonly type: typeof Code.AUTHENTICATE;
  readonly signature: string;
  readonly extra: Dict;
}
export interface Goodbye {
  readonly type: typeof Code.GOODBYE;
  readonly details: Dict;
  readonly reason: Uri;
}
export interface ErrorMessage extends Payload {
  readonly type: typeof Code.ERROR;
  readonly requestType: number;
  readonly request: Id;
  readonly details: Dict;
  readonly error: Uri;
}
export interface Publish extends Payload {
  readonly type: typeof Code.PUBLISH;
  readonly request: Id;
  readonly options: Dict;
  readonly topic: Uri;
}
export interface Published {
  readonly type: typeof Code.PUBLISHED;
  readonly request: Id;
  readonly publication: Id;
}
export interface Subscribe {
  readonly type: typeof Code.SUBSCRIBE;
  readonly request: Id;
  readonly options: Dict;
  readonly topic: Uri;
}
export interface Subscribed {
  readonly type: typeof Code.SUBSCRIBED;
  readonly request: Id;
  readonly subscription: Id;
}
export interface Unsubscribe {
  readonly type: typeof Code.UNSUBSCRIBE;
  readonly request: Id;
  readonly subscription: Id;
}
/** When the router removes the subscription, `request` is 0 and `details` are present. */
export interface Unsubscribed {
  readonly type: typeof Code.UNSUBSCRIBED;
  readonly request: Id;
  readonly details?: (Dict & { readonly subscription?: Id }) | undefined;
}
export interface Event extends Payload {
  readonly type: typeof Code.EVENT;
  readonly subscription: Id;
  readonly publication: Id;
  readonly details: Dict & { readonly topic?: Uri };
}
export interface Call extends Payload {
  readonly type: typeof Code.CALL;
  readonly request: Id;
  readonly options: Dict;
  readonly procedure: Uri;
}
export interface Cancel {
  readonly type: typeof Code.CANCEL;
  readonly request: Id;
  readonly options: Dict;
}
export interface ResultMessage extends Payload {
  readonly type: typeof Code.RESULT;
  readonly request: Id;
  readonly details: Dict;
}
export interface Register {
  readonly type: typeof Code.REGISTER;
  readonly request: Id;
  readonly options: Dict;
  readonly procedure: Uri;
}
export interface Registered {
  readonly type: typeof Code.REGISTERED;
  readonly request: Id;
  readonly registration: Id;
}
export interface Unregister {
  readonly type: typeof Code.UNREGISTER;
  readonly request: Id;
  readonly registration: Id;
}
/** When the router removes the registration, `request` is 0 and `details` are present. */
export interface Unregistered {
  readonly type: typeof Code.UNREGISTERED;
  readonly request: Id;
  readonly details?: (Dict & { readonly registration?: Id }) | undefined;
}
export interface Invocation extends Payload {
  readonly type: typeof Code.INVOCATION;
  readonly request: Id;
  readonly registration: Id;
  readonly details: Dict & { readonly procedure?: Uri };
}
export interface Interrupt {
  readonly type: typeof Code.INTERRUPT;
  readonly request: Id;
  readonly options: Dict;
}
export interface Yield extends Payload {
  readonly type: typeof Code.YIELD;
  readonly request: Id;
  readonly options: Dict;
}
export interface EventReceived {
  readonly type: typeof Code.EVENT_RECEIVED;
  readonly publication: Id;
}

/** What a router sends and a client receives. */
export type FromRouter =
  | Welcome
  | Abort
  | Challenge
  | Goodbye
  | ErrorMessage
  | Published
  | Subscribed
  | Unsubscribed
  | Event
  | ResultMessage
  | Registered
  | Unregistered
  | Invocation
  | Interrupt;
/** What a client sends and a router receives. */
export type FromClient =
  | Hello
  | Abort
  | Authenticate
  | Goodbye
  | ErrorMessage
  | Publish
  | Subscribe
  | Unsubscribe
  | Call
  | Cancel
  | Register
  | Unregister
  | Yield
  | EventReceived;
export type Message = FromRouter | FromClient;
