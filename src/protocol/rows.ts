/*
 * The table: for each message one row, which names the elements as the specification does, checks them, and makes the message of a
 * list. Rows are separate constants, with a list of what each side may *receive*: that list is the direction check, and what the other
 * side receives is not bundled.
 */
import { args, type Check, dict, id, idOrZero, integer, kwargs, string, uri } from './checks.ts';
import {
  type Abort,
  type Authenticate,
  type Call,
  type Cancel,
  type Challenge,
  Code,
  type ErrorMessage,
  type Event,
  type EventReceived,
  type FromClient,
  type FromRouter,
  type Goodbye,
  type Hello,
  type Interrupt,
  type Invocation,
  type Message,
  type Name,
  type Publish,
  type Published,
  type Register,
  type Registered,
  type ResultMessage,
  type Subscribe,
  type Subscribed,
  type Unregister,
  type Unregistered,
  type Unsubscribe,
  type Unsubscribed,
  type Welcome,
  type Yield,
} from './messages.ts';
import * as options from './options.ts';

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

function row<M extends Message>(
  name: Name,
  shape: { readonly [element: string]: Check },
  read: (list: Wire) => M,
  min?: number,
): Row<M> {
  const elements = Object.entries(shape);
  return { code: Code[name], name, elements, min: min ?? elements.length + 1, read };
}

export const HELLO: Row<Hello> = /* @__PURE__ */ row('HELLO', { realm: uri, details: options.helloDetails }, (m) => ({
  type: Code.HELLO,
  realm: m[1],
  details: m[2],
}));
export const WELCOME: Row<Welcome> = /* @__PURE__ */ row('WELCOME', { session: id, details: options.welcomeDetails }, (m) => ({
  type: Code.WELCOME,
  session: m[1],
  details: m[2],
}));
export const ABORT: Row<Abort> = /* @__PURE__ */ row(
  'ABORT',
  { details: options.abortDetails, reason: uri, args, kwargs },
  (m) => ({ type: Code.ABORT, details: m[1], reason: m[2], args: m[3] ?? undefined, kwargs: m[4] ?? undefined }),
  3,
);
export const CHALLENGE: Row<Challenge> = /* @__PURE__ */ row('CHALLENGE', { authmethod: string, extra: dict }, (m) => ({
  type: Code.CHALLENGE,
  authmethod: m[1],
  extra: m[2],
}));
export const AUTHENTICATE: Row<Authenticate> = /* @__PURE__ */ row('AUTHENTICATE', { signature: string, extra: dict }, (m) => ({
  type: Code.AUTHENTICATE,
  signature: m[1],
  extra: m[2],
}));
export const GOODBYE: Row<Goodbye> = /* @__PURE__ */ row('GOODBYE', { details: options.goodbyeDetails, reason: uri }, (m) => ({
  type: Code.GOODBYE,
  details: m[1],
  reason: m[2],
}));
export const ERROR: Row<ErrorMessage> = /* @__PURE__ */ row(
  'ERROR',
  { requestType: integer, request: id, details: options.errorDetails, error: uri, args, kwargs },
  (m) => ({
    type: Code.ERROR,
    requestType: m[1],
    request: m[2],
    details: m[3],
    error: m[4],
    args: m[5] ?? undefined,
    kwargs: m[6] ?? undefined,
  }),
  5,
);
export const PUBLISH: Row<Publish> = /* @__PURE__ */ row(
  'PUBLISH',
  { request: id, options: options.publishOptions, topic: uri, args, kwargs },
  (m) => ({ type: Code.PUBLISH, request: m[1], options: m[2], topic: m[3], args: m[4] ?? undefined, kwargs: m[5] ?? undefined }),
  4,
);
export const PUBLISHED: Row<Published> = /* @__PURE__ */ row('PUBLISHED', { request: id, publication: id }, (m) => ({
  type: Code.PUBLISHED,
  request: m[1],
  publication: m[2],
}));
export const SUBSCRIBE: Row<Subscribe> = /* @__PURE__ */ row(
  'SUBSCRIBE',
  { request: id, options: options.subscribeOptions, topic: uri },
  (m) => ({ type: Code.SUBSCRIBE, request: m[1], options: m[2], topic: m[3] }),
);
export const SUBSCRIBED: Row<Subscribed> = /* @__PURE__ */ row('SUBSCRIBED', { request: id, subscription: id }, (m) => ({
  type: Code.SUBSCRIBED,
  request: m[1],
  subscription: m[2],
}));
/** `options`: Autobahn's fourth element, as of UNREGISTER. */
export const UNSUBSCRIBE: Row<Unsubscribe> = /* @__PURE__ */ row(
  'UNSUBSCRIBE',
  { request: id, subscription: id, options: dict },
  (m) => ({ type: Code.UNSUBSCRIBE, request: m[1], subscription: m[2] }),
  3,
);
export const UNSUBSCRIBED: Row<Unsubscribed> = /* @__PURE__ */ row(
  'UNSUBSCRIBED',
  { request: idOrZero, details: options.unsubscribedDetails },
  (m) => ({ type: Code.UNSUBSCRIBED, request: m[1], details: m[2] }),
  2,
);
export const EVENT: Row<Event> = /* @__PURE__ */ row(
  'EVENT',
  { subscription: id, publication: id, details: options.eventDetails, args, kwargs },
  (m) => ({
    type: Code.EVENT,
    subscription: m[1],
    publication: m[2],
    details: m[3],
    args: m[4] ?? undefined,
    kwargs: m[5] ?? undefined,
  }),
  4,
);
export const CALL: Row<Call> = /* @__PURE__ */ row(
  'CALL',
  { request: id, options: options.callOptions, procedure: uri, args, kwargs },
  (m) => ({ type: Code.CALL, request: m[1], options: m[2], procedure: m[3], args: m[4] ?? undefined, kwargs: m[5] ?? undefined }),
  4,
);
export const CANCEL: Row<Cancel> = /* @__PURE__ */ row('CANCEL', { request: id, options: options.cancelOptions }, (m) => ({
  type: Code.CANCEL,
  request: m[1],
  options: m[2],
}));
export const RESULT: Row<ResultMessage> = /* @__PURE__ */ row(
  'RESULT',
  { request: id, details: options.resultDetails, args, kwargs },
  (m) => ({ type: Code.RESULT, request: m[1], details: m[2], args: m[3] ?? undefined, kwargs: m[4] ?? undefined }),
  3,
);
export const REGISTER: Row<Register> = /* @__PURE__ */ row(
  'REGISTER',
  { request: id, options: options.registerOptions, procedure: uri },
  (m) => ({ type: Code.REGISTER, request: m[1], options: m[2], procedure: m[3] }),
);
export const REGISTERED: Row<Registered> = /* @__PURE__ */ row('REGISTERED', { request: id, registration: id }, (m) => ({
  type: Code.REGISTERED,
  request: m[1],
  registration: m[2],
}));
export const UNREGISTER: Row<Unregister> = /* @__PURE__ */ row(
  'UNREGISTER',
  { request: id, registration: id, options: dict },
  (m) => ({ type: Code.UNREGISTER, request: m[1], registration: m[2] }),
  3,
);
export const UNREGISTERED: Row<Unregistered> = /* @__PURE__ */ row(
  'UNREGISTERED',
  { request: idOrZero, details: options.unregisteredDetails },
  (m) => ({ type: Code.UNREGISTERED, request: m[1], details: m[2] }),
  2,
);
export const INVOCATION: Row<Invocation> = /* @__PURE__ */ row(
  'INVOCATION',
  { request: id, registration: id, details: options.invocationDetails, args, kwargs },
  (m) => ({
    type: Code.INVOCATION,
    request: m[1],
    registration: m[2],
    details: m[3],
    args: m[4] ?? undefined,
    kwargs: m[5] ?? undefined,
  }),
  4,
);
export const INTERRUPT: Row<Interrupt> = /* @__PURE__ */ row(
  'INTERRUPT',
  { request: id, options: options.interruptOptions },
  (m) => ({ type: Code.INTERRUPT, request: m[1], options: m[2] }),
);
export const YIELD: Row<Yield> = /* @__PURE__ */ row(
  'YIELD',
  { request: id, options: options.yieldOptions, args, kwargs },
  (m) => ({ type: Code.YIELD, request: m[1], options: m[2], args: m[3] ?? undefined, kwargs: m[4] ?? undefined }),
  3,
);
export const EVENT_RECEIVED: Row<EventReceived> = /* @__PURE__ */ row('EVENT_RECEIVED', { publication: id }, (m) => ({
  type: Code.EVENT_RECEIVED,
  publication: m[1],
}));

/** The messages that one side may receive, by code. */
export type Inbound<M extends Message> = ReadonlyMap<unknown, Row<M>>;

function inbound<M extends Message>(rows: readonly Row<M>[]): Inbound<M> {
  return new Map(rows.map((each) => [each.code, each]));
}

/** What a client may receive. */
export const clientInbound: Inbound<FromRouter> = /* @__PURE__ */ inbound<FromRouter>([
  WELCOME,
  ABORT,
  CHALLENGE,
  GOODBYE,
  ERROR,
  PUBLISHED,
  SUBSCRIBED,
  UNSUBSCRIBED,
  EVENT,
  RESULT,
  REGISTERED,
  UNREGISTERED,
  INVOCATION,
  INTERRUPT,
]);

/** What a router may receive. */
export const routerInbound: Inbound<FromClient> = /* @__PURE__ */ inbound<FromClient>([
  HELLO,
  ABORT,
  AUTHENTICATE,
  GOODBYE,
  ERROR,
  PUBLISH,
  SUBSCRIBE,
  UNSUBSCRIBE,
  CALL,
  CANCEL,
  REGISTER,
  UNREGISTER,
  YIELD,
  EVENT_RECEIVED,
]);
