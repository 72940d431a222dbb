/*
 * Lists ⇄ messages. Shape and types of what comes in are checked here and nowhere else; what goes out is typed already.
 * WAMP "Messages": no message is polymorphic, so code and length settle what each element is.
 */
import { ProtocolError } from '../errors.ts';
import type { Dict } from '../words.ts';
import { show } from './checks.ts';
import { Code, type Message, nameOf, type Payload } from './messages.ts';
import type { Inbound, Row } from './rows.ts';

/**
 * Checks a decoded list and makes the message of it.
 *
 * @throws {@link ProtocolError} that says what was expected and what came.
 */
export function parseMessage<M extends Message>(list: unknown, inbound: Inbound<M>): M {
  if (!Array.isArray(list)) throw new ProtocolError(`expected a message, which is a list, got ${show(list)}`);
  const row = inbound.get(list[0]);
  if (row === undefined) throw new ProtocolError(complainOfCode(list));
  const { elements } = row;
  if (list.length < row.min || list.length > elements.length + 1) {
    const range = row.min === elements.length + 1 ? row.min : `${row.min} to ${elements.length + 1}`;
    throw new ProtocolError(`expected ${row.name} with ${range} elements, got ${list.length}`);
  }
  for (let i = 1; i < list.length; i++) {
    const element = elements[i - 1];
    const bad = element?.[1](list[i]);
    if (element && bad !== undefined) throw new ProtocolError(complaint(row, element[0], bad, list[i]));
  }
  return row.read(list);
}

function complaint(
  row: { readonly name: string },
  element: string,
  bad: ReturnType<Row['elements'][number][1]> & {},
  value: unknown,
): string {
  return typeof bad === 'string'
    ? `expected ${row.name}.${element} to be ${bad}, got ${show(value)}`
    : `expected ${row.name}.${element}.${bad.key} ${bad.expected === 'to be there' ? bad.expected : `to be ${bad.expected}`}, got ${show(bad.value)}`;
}

function complainOfCode(list: readonly unknown[]): string {
  if (list.length === 0) return 'expected a message, got an empty list';
  const name = nameOf(list[0]);
  return name in Code
    ? `expected a message that this side may receive, got ${name}`
    : `expected a message code of WAMP, got ${show(list[0])}`;
}

/** WAMP "Application Payloads": empty `args` and `kwargs` are left out, but `args` is there when `kwargs` is. */
function withPayload(list: unknown[], { args, kwargs }: Payload): unknown[] {
  if (kwargs !== undefined && hasKeys(kwargs)) list.push(args ?? [], kwargs);
  else if (args !== undefined && args.length > 0) list.push(args);
  return list;
}

export function hasKeys(dict: Dict): boolean {
  for (const _ in dict) return true;
  return false;
}

/** The list that a message is on the wire. */
export function toWire(m: Message): unknown[] {
  switch (m.type) {
    case Code.HELLO:
      return [m.type, m.realm, m.details];
    case Code.WELCOME:
      return [m.type, m.session, m.details];
    case Code.ABORT: // autobahn-python takes three elements only
      return withPayload([m.type, m.details, m.reason], m);
    case Code.CHALLENGE:
      return [m.type, m.authmethod, m.extra];
    case Code.AUTHENTICATE:
      return [m.type, m.signature, m.extra];
    case Code.GOODBYE:
      return [m.type, m.details, m.reason];
    case Code.ERROR:
      return withPayload([m.type, m.requestType, m.request, m.details, m.error], m);
    case Code.PUBLISH:
      return withPayload([m.type, m.request, m.options, m.topic], m);
    case Code.PUBLISHED:
      return [m.type, m.request, m.publication];
    case Code.SUBSCRIBE:
      return [m.type, m.request, m.options, m.topic];
    case Code.SUBSCRIBED:
      return [m.type, m.request, m.subscription];
    case Code.UNSUBSCRIBE:
      return [m.type, m.request, m.subscription];
    case Code.UNSUBSCRIBED:
    case Code.UNREGISTERED:
      return m.details === undefined ? [m.type, m.request] : [m.type, m.request, m.details];
    case Code.EVENT:
      return withPayload([m.type, m.subscription, m.publication, m.details], m);
    case Code.CALL:
      return withPayload([m.type, m.request, m.options, m.procedure], m);
    case Code.CANCEL:
    case Code.INTERRUPT:
      return [m.type, m.request, m.options];
    case Code.RESULT:
      return withPayload([m.type, m.request, m.details], m);
    case Code.REGISTER:
      return [m.type, m.request, m.options, m.procedure];
    case Code.REGISTERED:
      return [m.type, m.request, m.registration];
    case Code.UNREGISTER:
      return [m.type, m.request, m.registration];
    case Code.INVOCATION:
      return withPayload([m.type, m.request, m.registration, m.details], m);
    case Code.YIELD:
      return withPayload([m.type, m.request, m.options], m);
    case Code.EVENT_RECEIVED:
      return [m.type, m.publication];
    default:
      return m satisfies never;
  }
}

/** Where in an encoded message a path points, in words: `args[0].name`. */
export function describePath(list: readonly unknown[], path: readonly (string | number)[]): string {
  const [index, ...rest] = path;
  if (typeof index !== 'number') return 'the message';
  const isPayload = Array.isArray(list[index]) || Array.isArray(list[index - 1]);
  const element = Array.isArray(list[index]) ? 'args' : isPayload ? 'kwargs' : 'options';
  return rest.reduce<string>((text, key) => text + (typeof key === 'number' ? `[${key}]` : `.${key}`), element);
}
