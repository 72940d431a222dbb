/*
 * From lists to messages: the shape and types of incoming messages are checked here and nowhere else. Outgoing messages are
 * typed already, see wire.ts. WAMP "Messages": messages are not polymorphic, so the code and the length say what each element
 * is.
 */

import { complaint, show } from '../base/checks.ts';
import { ProtocolError } from '../base/errors.ts';
import type { Dict } from '../base/words.ts';
import { Code, type Message, nameOf } from './messages.ts';
import type { Inbound } from './rows.ts';

/**
 * Checks a decoded list and makes a message from it.
 *
 * @throws {@link ProtocolError} that says what was expected and what came.
 */
export function parseMessage<M extends Message>(list: unknown, inbound: Inbound<M>): M {
  if (!Array.isArray(list)) throw new ProtocolError(`expected a message, which is a list, got ${show(list)}`);
  const row = inbound.get(list[0]);
  if (row === undefined) throw new ProtocolError(complainOfCode(list));
  const { names, checks, min } = row.elements;
  if (list.length < min || list.length > checks.length + 1) {
    const range = min === checks.length + 1 ? min : `${min} to ${checks.length + 1}`;
    throw new ProtocolError(`expected ${nameOf(row.code)} with ${range} elements, got ${list.length}`);
  }
  for (let i = 1; i < list.length; i++) {
    const bad = checks[i - 1]?.(list[i]);
    if (bad !== undefined) throw new ProtocolError(`expected ${nameOf(row.code)}.${names[i - 1]}${complaint(bad, list[i])}`);
  }
  return row.read(list);
}

function complainOfCode(list: readonly unknown[]): string {
  if (list.length === 0) return 'expected a message, got an empty list';
  const name = nameOf(list[0]);
  return name in Code
    ? `expected a message that this side may receive, got ${name}`
    : `expected a message code of WAMP, got ${show(list[0])}`;
}

export function hasKeys(dict: Dict): boolean {
  for (const _ in dict) return true;
  return false;
}

/** The place in an encoded message that a path points to, as text: `args[0].name`. */
export function describePath(list: readonly unknown[], path: readonly (string | number)[]): string {
  const [index, ...rest] = path;
  if (typeof index !== 'number') return 'the message';
  const isPayload = Array.isArray(list[index]) || Array.isArray(list[index - 1]);
  const element = Array.isArray(list[index]) ? 'args' : isPayload ? 'kwargs' : 'options';
  return rest.reduce<string>((text, key) => text + (typeof key === 'number' ? `[${key}]` : `.${key}`), element);
}
