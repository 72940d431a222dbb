/*
 * WAMP's messages: for each one an interface and one row. The row names the elements as the specification does, checks them, and
 * makes the message of a list. Rows are separate constants, with a list of what each side may *receive*: that list is the direction
 * check, and what the other side receives is not bundled.
 */
import type { Dict, Id, Uri } from '../words.ts';
import { args, type Check, dict, id, idOrZero, integer, kwargs, string, uri } from './checks.ts';
import * as options from './options.ts';

/** WAMP "Message Codes and Direction". EVENT_RECEIVED is Autobahn's; the test vectors have it, the specification's text has not. */
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

/** `CALL` for 48; the number itself for a code that is none of WAMP's. */
export function nameOf(code: unknown): string {
  for (const name in Code) if (Code[name as Name] === code) return name;
  return String(code);
}

/** WAMP "Application Payloads": absent and empty mean the same. */
export interface Payload {
  readonly args?: readonly unknown[] | undefined;
  readonly kwargs?: Dict | undefined;
}

export interface Hello {
  readonly type: typeof Code.HELLO;
  readonly realm: Uri;
  readonly details: Dict;
}
export interface Welcome {
  readonly type: typeof Code.WELCOME;
  readonly session: Id;
  readonly details: Dict;
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
/** `request` is 0 and `details` are there when the router takes the subscription away. */
export interface Unsubscribed {
  readonly type: typeof Code.UNSUBSCRIBED;
  readonly request: Id;
  readonly details?: Dict | undefined;
}
export interface Event extends Payload {
  readonly type: typeof Code.EVENT;
  readonly subscription: Id;
  readonly publication: Id;
  readonly details: Dict;
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
/** `request` is 0 and `details` are there when the router takes the registration away. */
export interface Unregistered {
  readonly type: typeof Code.UNREGISTERED;
  readonly request: Id;
  readonly details?: Dict | undefined;
}
export interface Invocation extends Payload {
  readonly type: typeof Code.INVOCATION;
  readonly request: Id;
  readonly registration: Id;
  readonly details: Dict;
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

/** One message of the table. */
export interface Row<M extends Message = Message> {
  readonly code: M['type'];
  readonly name: Name;
  /** Names and checks of what follows the code. */
  readonly elements: readonly (readonly [name: string, check: Check])[];
  /** How many elements must be there at least, the code included. */
  readonly min: number;
  /** Makes the message of a list that was checked. */
  readonly read: (list: readonly unknown[]) => M;
}

/** What a checked list holds. The one place where wire values get their types, hence `any`: the row's checks have seen to them. */
// biome-ignore lint/suspicious/noExplicitAny: the codec boundary
type Wire = readonly any[];

function row<M extends Message>(name: Name, elements: Row['elements'], read: (list: Wire) => M, min = elements.length + 1): Row<M> {
  return { code: Code[name], name, elements, min, read };
}

const REQUEST = ['request', id] as const;
const ARGS = ['args', args] as const;
const KWARGS = ['kwargs', kwargs] as const;
/** Autobahn's fourth element of UNSUBSCRIBE and UNREGISTER. */
const OPTIONS = ['options', dict] as const;

export const HELLO: Row<Hello> = /* @__PURE__ */ row('HELLO', [['realm', uri], ['details', options.helloDetails]], (m) => ({ type: Code.HELLO, realm: m[1], details: m[2] }));
export const WELCOME: Row<Welcome> = /* @__PURE__ */ row('WELCOME', [['session', id], ['details', options.welcomeDetails]], (m) => ({ type: Code.WELCOME, session: m[1], details: m[2] }));
export const ABORT: Row<Abort> = /* @__PURE__ */ row('ABORT', [['details', options.abortDetails], ['reason', uri], ARGS, KWARGS], (m) => ({ type: Code.ABORT, details: m[1], reason: m[2], args: m[3] ?? undefined, kwargs: m[4] ?? undefined }), 3);
export const CHALLENGE: Row<Challenge> = /* @__PURE__ */ row('CHALLENGE', [['authmethod', string], ['extra', dict]], (m) => ({ type: Code.CHALLENGE, authmethod: m[1], extra: m[2] }));
export const AUTHENTICATE: Row<Authenticate> = /* @__PURE__ */ row('AUTHENTICATE', [['signature', string], ['extra', dict]], (m) => ({ type: Code.AUTHENTICATE, signature: m[1], extra: m[2] }));
export const GOODBYE: Row<Goodbye> = /* @__PURE__ */ row('GOODBYE', [['details', options.goodbyeDetails], ['reason', uri]], (m) => ({ type: Code.GOODBYE, details: m[1], reason: m[2] }));
export const ERROR: Row<ErrorMessage> = /* @__PURE__ */ row('ERROR', [['requestType', integer], REQUEST, ['details', options.errorDetails], ['error', uri], ARGS, KWARGS], (m) => ({ type: Code.ERROR, requestType: m[1], request: m[2], details: m[3], error: m[4], args: m[5] ?? undefined, kwargs: m[6] ?? undefined }), 5);
export const PUBLISH: Row<Publish> = /* @__PURE__ */ row('PUBLISH', [REQUEST, ['options', options.publishOptions], ['topic', uri], ARGS, KWARGS], (m) => ({ type: Code.PUBLISH, request: m[1], options: m[2], topic: m[3], args: m[4] ?? undefined, kwargs: m[5] ?? undefined }), 4);
export const PUBLISHED: Row<Published> = /* @__PURE__ */ row('PUBLISHED', [REQUEST, ['publication', id]], (m) => ({ type: Code.PUBLISHED, request: m[1], publication: m[2] }));
export const SUBSCRIBE: Row<Subscribe> = /* @__PURE__ */ row('SUBSCRIBE', [REQUEST, ['options', options.subscribeOptions], ['topic', uri]], (m) => ({ type: Code.SUBSCRIBE, request: m[1], options: m[2], topic: m[3] }));
export const SUBSCRIBED: Row<Subscribed> = /* @__PURE__ */ row('SUBSCRIBED', [REQUEST, ['subscription', id]], (m) => ({ type: Code.SUBSCRIBED, request: m[1], subscription: m[2] }));
export const UNSUBSCRIBE: Row<Unsubscribe> = /* @__PURE__ */ row('UNSUBSCRIBE', [REQUEST, ['subscription', id], OPTIONS], (m) => ({ type: Code.UNSUBSCRIBE, request: m[1], subscription: m[2] }), 3);
export const UNSUBSCRIBED: Row<Unsubscribed> = /* @__PURE__ */ row('UNSUBSCRIBED', [['request', idOrZero], ['details', options.unsubscribedDetails]], (m) => ({ type: Code.UNSUBSCRIBED, request: m[1], details: m[2] }), 2);
export const EVENT: Row<Event> = /* @__PURE__ */ row('EVENT', [['subscription', id], ['publication', id], ['details', options.eventDetails], ARGS, KWARGS], (m) => ({ type: Code.EVENT, subscription: m[1], publication: m[2], details: m[3], args: m[4] ?? undefined, kwargs: m[5] ?? undefined }), 4);
export const CALL: Row<Call> = /* @__PURE__ */ row('CALL', [REQUEST, ['options', options.callOptions], ['procedure', uri], ARGS, KWARGS], (m) => ({ type: Code.CALL, request: m[1], options: m[2], procedure: m[3], args: m[4] ?? undefined, kwargs: m[5] ?? undefined }), 4);
export const CANCEL: Row<Cancel> = /* @__PURE__ */ row('CANCEL', [REQUEST, ['options', options.cancelOptions]], (m) => ({ type: Code.CANCEL, request: m[1], options: m[2] }));
export const RESULT: Row<ResultMessage> = /* @__PURE__ */ row('RESULT', [REQUEST, ['details', options.resultDetails], ARGS, KWARGS], (m) => ({ type: Code.RESULT, request: m[1], details: m[2], args: m[3] ?? undefined, kwargs: m[4] ?? undefined }), 3);
export const REGISTER: Row<Register> = /* @__PURE__ */ row('REGISTER', [REQUEST, ['options', options.registerOptions], ['procedure', uri]], (m) => ({ type: Code.REGISTER, request: m[1], options: m[2], procedure: m[3] }));
export const REGISTERED: Row<Registered> = /* @__PURE__ */ row('REGISTERED', [REQUEST, ['registration', id]], (m) => ({ type: Code.REGISTERED, request: m[1], registration: m[2] }));
export const UNREGISTER: Row<Unregister> = /* @__PURE__ */ row('UNREGISTER', [REQUEST, ['registration', id], OPTIONS], (m) => ({ type: Code.UNREGISTER, request: m[1], registration: m[2] }), 3);
export const UNREGISTERED: Row<Unregistered> = /* @__PURE__ */ row('UNREGISTERED', [['request', idOrZero], ['details', options.unregisteredDetails]], (m) => ({ type: Code.UNREGISTERED, request: m[1], details: m[2] }), 2);
export const INVOCATION: Row<Invocation> = /* @__PURE__ */ row('INVOCATION', [REQUEST, ['registration', id], ['details', options.invocationDetails], ARGS, KWARGS], (m) => ({ type: Code.INVOCATION, request: m[1], registration: m[2], details: m[3], args: m[4] ?? undefined, kwargs: m[5] ?? undefined }), 4);
export const INTERRUPT: Row<Interrupt> = /* @__PURE__ */ row('INTERRUPT', [REQUEST, ['options', options.interruptOptions]], (m) => ({ type: Code.INTERRUPT, request: m[1], options: m[2] }));
export const YIELD: Row<Yield> = /* @__PURE__ */ row('YIELD', [REQUEST, ['options', options.yieldOptions], ARGS, KWARGS], (m) => ({ type: Code.YIELD, request: m[1], options: m[2], args: m[3] ?? undefined, kwargs: m[4] ?? undefined }), 3);
export const EVENT_RECEIVED: Row<EventReceived> = /* @__PURE__ */ row('EVENT_RECEIVED', [['publication', id]], (m) => ({ type: Code.EVENT_RECEIVED, publication: m[1] }));

/** The messages that one side may receive, by code. */
export type Inbound<M extends Message> = ReadonlyMap<unknown, Row<M>>;

function inbound<M extends Message>(rows: readonly Row<M>[]): Inbound<M> {
  return new Map(rows.map((each) => [each.code, each]));
}

/** What a client may receive. */
export const clientInbound: Inbound<FromRouter> = /* @__PURE__ */ inbound<FromRouter>([WELCOME, ABORT, CHALLENGE, GOODBYE, ERROR, PUBLISHED, SUBSCRIBED, UNSUBSCRIBED, EVENT, RESULT, REGISTERED, UNREGISTERED, INVOCATION, INTERRUPT]);

/** What a router may receive. */
export const routerInbound: Inbound<FromClient> = /* @__PURE__ */ inbound<FromClient>([HELLO, ABORT, AUTHENTICATE, GOODBYE, ERROR, PUBLISH, SUBSCRIBE, UNSUBSCRIBE, CALL, CANCEL, REGISTER, UNREGISTER, YIELD, EVENT_RECEIVED]);
