/*
 * The table of messages: each has one row, which makes the message from a list. The members of a message are its elements, in
 * the order of the wire and with the specification's names. An element's name says how it is checked (`elements`); only
 * options and details are different for each message. Rows are separate constants. For each side there is a list of the
 * messages that it may *receive*. This list is the check of the direction, and a bundle does not contain the rows of the
 * other side.
 */
import { type Check, type Known, string } from '../base/checks.ts';
import { args, dict, dictOf, id, idOrZero, integer, kwargs, uri } from './checks.ts';
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

/** The elements of a message after its code. */
export interface Elements {
  readonly names: readonly string[];
  readonly checks: readonly Check[];
  /** The least number of elements, including the code. */
  readonly min: number;
}

/** One message in the table. */
export interface Row<M extends Message = Message> {
  readonly code: M['type'];
  readonly elements: Elements;
  /** Makes the message from a list that was checked. */
  readonly read: (list: readonly unknown[]) => M;
}

/**
 * The elements of a list that was checked. Only here do wire values get their types, hence `any`: the checks of the row have
 * proved them.
 */
// biome-ignore lint/suspicious/noExplicitAny: the codec boundary
type Wire = readonly any[];

/** The check of an element, by its name. */
const known: Known = {
  session: id,
  request: id,
  publication: id,
  subscription: id,
  registration: id,
  requestType: integer,
  realm: uri,
  reason: uri,
  error: uri,
  topic: uri,
  procedure: uri,
  authmethod: string,
  signature: string,
  extra: dict,
  args,
  kwargs,
};

/**
 * @param keys - The known options or details.
 * @param more - Elements whose check differs from that of other elements with this name, and those that the message does not
 * keep.
 */
function row<M extends Message>(read: (list: Wire) => M, keys?: () => Known, more?: Known, min?: number): Row<M> {
  let made: Elements | undefined;
  const make = (): Elements => {
    const [, ...names] = Object.keys({ ...read([]), ...more }); // only the names are used
    const inside = keys ? dictOf(keys()) : dict;
    const checks = names.map((name) => more?.[name] ?? known[name] ?? inside);
    return { names, checks, min: min ?? (names.indexOf('args') + 1 || names.length + 1) };
  };
  return {
    code: read([]).type,
    // When the first message of its kind comes, and not when a page loads.
    get elements() {
      made ??= make();
      return made;
    },
    read,
  };
}

export const HELLO: Row<Hello> = /* @__PURE__ */ row(
  (m) => ({ type: Code.HELLO, realm: m[1], details: m[2] }),
  options.helloDetails,
);
export const WELCOME: Row<Welcome> = /* @__PURE__ */ row(
  (m) => ({ type: Code.WELCOME, session: m[1], details: m[2] }),
  options.welcomeDetails,
);
export const ABORT: Row<Abort> = /* @__PURE__ */ row(
  (m) => ({ type: Code.ABORT, details: m[1], reason: m[2], args: m[3] ?? undefined, kwargs: m[4] ?? undefined }),
  options.endDetails,
);
export const CHALLENGE: Row<Challenge> = /* @__PURE__ */ row((m) => ({ type: Code.CHALLENGE, authmethod: m[1], extra: m[2] }));
export const AUTHENTICATE: Row<Authenticate> = /* @__PURE__ */ row((m) => ({
  type: Code.AUTHENTICATE,
  signature: m[1],
  extra: m[2],
}));
export const GOODBYE: Row<Goodbye> = /* @__PURE__ */ row(
  (m) => ({ type: Code.GOODBYE, details: m[1], reason: m[2] }),
  options.endDetails,
);
export const ERROR: Row<ErrorMessage> = /* @__PURE__ */ row(
  (m) => ({
    type: Code.ERROR,
    requestType: m[1],
    request: m[2],
    details: m[3],
    error: m[4],
    args: m[5] ?? undefined,
    kwargs: m[6] ?? undefined,
  }),
  options.errorDetails,
);
export const PUBLISH: Row<Publish> = /* @__PURE__ */ row(
  (m) => ({ type: Code.PUBLISH, request: m[1], options: m[2], topic: m[3], args: m[4] ?? undefined, kwargs: m[5] ?? undefined }),
  options.publishKeys,
);
export const PUBLISHED: Row<Published> = /* @__PURE__ */ row((m) => ({ type: Code.PUBLISHED, request: m[1], publication: m[2] }));
export const SUBSCRIBE: Row<Subscribe> = /* @__PURE__ */ row(
  (m) => ({ type: Code.SUBSCRIBE, request: m[1], options: m[2], topic: m[3] }),
  options.subscribeKeys,
);
export const SUBSCRIBED: Row<Subscribed> = /* @__PURE__ */ row((m) => ({
  type: Code.SUBSCRIBED,
  request: m[1],
  subscription: m[2],
}));
export const UNSUBSCRIBE: Row<Unsubscribe> = /* @__PURE__ */ row(
  (m) => ({ type: Code.UNSUBSCRIBE, request: m[1], subscription: m[2] }),
  undefined,
  { options: dict },
  3,
);
export const UNSUBSCRIBED: Row<Unsubscribed> = /* @__PURE__ */ row(
  (m) => ({ type: Code.UNSUBSCRIBED, request: m[1], details: m[2] }),
  options.unsubscribedDetails,
  { request: idOrZero },
  2,
);
export const EVENT: Row<Event> = /* @__PURE__ */ row(
  (m) => ({
    type: Code.EVENT,
    subscription: m[1],
    publication: m[2],
    details: m[3],
    args: m[4] ?? undefined,
    kwargs: m[5] ?? undefined,
  }),
  options.eventDetails,
);
export const CALL: Row<Call> = /* @__PURE__ */ row(
  (m) => ({ type: Code.CALL, request: m[1], options: m[2], procedure: m[3], args: m[4] ?? undefined, kwargs: m[5] ?? undefined }),
  options.callKeys,
);
export const CANCEL: Row<Cancel> = /* @__PURE__ */ row(
  (m) => ({ type: Code.CANCEL, request: m[1], options: m[2] }),
  options.cancelKeys,
);
export const RESULT: Row<ResultMessage> = /* @__PURE__ */ row(
  (m) => ({ type: Code.RESULT, request: m[1], details: m[2], args: m[3] ?? undefined, kwargs: m[4] ?? undefined }),
  options.resultKeys,
);
export const REGISTER: Row<Register> = /* @__PURE__ */ row(
  (m) => ({ type: Code.REGISTER, request: m[1], options: m[2], procedure: m[3] }),
  options.registerKeys,
);
export const REGISTERED: Row<Registered> = /* @__PURE__ */ row((m) => ({
  type: Code.REGISTERED,
  request: m[1],
  registration: m[2],
}));
export const UNREGISTER: Row<Unregister> = /* @__PURE__ */ row(
  (m) => ({ type: Code.UNREGISTER, request: m[1], registration: m[2] }),
  undefined,
  { options: dict },
  3,
);
export const UNREGISTERED: Row<Unregistered> = /* @__PURE__ */ row(
  (m) => ({ type: Code.UNREGISTERED, request: m[1], details: m[2] }),
  options.unregisteredDetails,
  { request: idOrZero },
  2,
);
export const INVOCATION: Row<Invocation> = /* @__PURE__ */ row(
  (m) => ({
    type: Code.INVOCATION,
    request: m[1],
    registration: m[2],
    details: m[3],
    args: m[4] ?? undefined,
    kwargs: m[5] ?? undefined,
  }),
  options.invocationDetails,
);
export const INTERRUPT: Row<Interrupt> = /* @__PURE__ */ row(
  (m) => ({ type: Code.INTERRUPT, request: m[1], options: m[2] }),
  options.cancelKeys,
);
export const YIELD: Row<Yield> = /* @__PURE__ */ row(
  (m) => ({ type: Code.YIELD, request: m[1], options: m[2], args: m[3] ?? undefined, kwargs: m[4] ?? undefined }),
  options.resultKeys,
);
export const EVENT_RECEIVED: Row<EventReceived> = /* @__PURE__ */ row((m) => ({ type: Code.EVENT_RECEIVED, publication: m[1] }));

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
