/*
 * From messages to lists: what a client sends, and what a router sends. As with the rows, a bundle contains only its own
 * side.
 */
import { hasKeys } from './codec.ts';
import { type Abort, Code, type FromClient, type FromRouter, type Goodbye, type Message, type Payload } from './messages.ts';
import { clientInbound, type Inbound, routerInbound } from './rows.ts';

/** The messages that both sides send. */
type Both = Extract<FromClient, FromRouter>;

/** WAMP "Application Payloads": empty `args` and `kwargs` are left out, but `args` is there when `kwargs` is. */
function withPayload(list: unknown[], { args, kwargs }: Payload): unknown[] {
  if (kwargs !== undefined && hasKeys(kwargs)) list.push(args ?? [], kwargs);
  else if (args !== undefined && args.length > 0) list.push(args);
  return list;
}

/** The list for a message of a client. */
export function fromClient(m: FromClient): unknown[] {
  switch (m.type) {
    case Code.CALL:
      return withPayload([m.type, m.request, m.options, m.procedure], m);
    case Code.PUBLISH:
      return withPayload([m.type, m.request, m.options, m.topic], m);
    case Code.YIELD:
      return withPayload([m.type, m.request, m.options], m);
    case Code.REGISTER:
      return [m.type, m.request, m.options, m.procedure];
    case Code.SUBSCRIBE:
      return [m.type, m.request, m.options, m.topic];
    case Code.UNREGISTER:
      return [m.type, m.request, m.registration];
    case Code.UNSUBSCRIBE:
      return [m.type, m.request, m.subscription];
    case Code.CANCEL:
      return [m.type, m.request, m.options];
    case Code.HELLO:
      return [m.type, m.realm, m.details];
    case Code.AUTHENTICATE:
      return [m.type, m.signature, m.extra];
    case Code.EVENT_RECEIVED:
      return [m.type, m.publication];
    default:
      return fromBoth(m);
  }
}

/** The list for a message of a router. */
export function fromRouter(m: FromRouter): unknown[] {
  switch (m.type) {
    case Code.EVENT:
      return withPayload([m.type, m.subscription, m.publication, m.details], m);
    case Code.RESULT:
      return withPayload([m.type, m.request, m.details], m);
    case Code.INVOCATION:
      return withPayload([m.type, m.request, m.registration, m.details], m);
    case Code.PUBLISHED:
      return [m.type, m.request, m.publication];
    case Code.SUBSCRIBED:
      return [m.type, m.request, m.subscription];
    case Code.REGISTERED:
      return [m.type, m.request, m.registration];
    case Code.UNSUBSCRIBED:
    case Code.UNREGISTERED:
      return m.details === undefined ? [m.type, m.request] : [m.type, m.request, m.details];
    case Code.INTERRUPT:
      return [m.type, m.request, m.options];
    case Code.WELCOME:
      return [m.type, m.session, m.details];
    case Code.CHALLENGE:
      return [m.type, m.authmethod, m.extra];
    default:
      return fromBoth(m);
  }
}

function fromBoth(m: Both): unknown[] {
  switch (m.type) {
    case Code.ERROR:
      return withPayload([m.type, m.requestType, m.request, m.details, m.error], m);
    case Code.GOODBYE:
      return [m.type, m.details, m.reason];
    case Code.ABORT: // autobahn-python accepts three elements only
      return withPayload([m.type, m.details, m.reason], m);
    default:
      return m satisfies never;
  }
}

/** The messages that end a session. Both sides may send them. */
export type Ending = Abort | Goodbye;

/** How one side reads and writes messages. */
export interface Side<In extends Message, Out extends Message> {
  readonly inbound: Inbound<In>;
  readonly toWire: (message: Out | Ending) => unknown[];
}

export const clientSide: Side<FromRouter, FromClient> = { inbound: clientInbound, toWire: fromClient };
export const routerSide: Side<FromClient, FromRouter> = { inbound: routerInbound, toWire: fromRouter };
