/*
 * Autobahn's dialect, in which some of the vectors are written: keys that are not the specification's, and one bare payload in place of
 * Arguments where `enc_algo` tells of it. A profile for those vectors only, built over the strict tables: nothing in src/ knows of it, so
 * it is in no bundle.
 */
import { bool, type Check, oneOf, string } from '../../src/base/checks.ts';
import { dict, dictOf, id, listOf } from '../../src/protocol/checks.ts';
import { parseMessage } from '../../src/protocol/codec.ts';
import type { Message } from '../../src/protocol/messages.ts';
import { EVENT, type Inbound, PUBLISH, type Row, SUBSCRIBE } from '../../src/protocol/rows.ts';
import { toWire } from '../fixtures/wire.ts';

/** What the dialect adds to a message. */
export type CompatMessage = Message & { readonly payload?: Uint8Array | string };

const algorithm = oneOf('cryptobox', 'mqtt', 'xbr');
const hop = dictOf({ session: id, authid: string, authrole: string });
const dialect: Check = dictOf({
  transaction_hash: string,
  x_acknowledged_delivery: bool,
  forward_for: listOf((value) => hop(value) && 'a hop', 'hops'),
  enc_algo: (value) => (typeof value === 'string' && /^x_[a-z][a-z\d_]*$/.test(value) ? undefined : algorithm(value)),
  enc_key: string,
  enc_serializer: oneOf('json', 'msgpack', 'cbor', 'ubjson', 'opaque', 'flatbuffers'),
});

/** The same row; its dict is checked for the dialect's keys, too. */
function widened(row: Row): Row {
  const { names } = row.elements;
  const checks = row.elements.checks.map((check, i) => {
    const isDict = names[i] === 'options' || names[i] === 'details';
    return isDict ? (value: unknown) => check(value) ?? dialect(value) : check;
  });
  return { ...row, elements: { ...row.elements, checks } };
}

const rows = [EVENT, PUBLISH, SUBSCRIBE] as unknown as readonly Row[];

/** `parseMessage` for a table, in the dialect. */
export function parseCompat(list: readonly unknown[], inbound: Inbound<Message>): CompatMessage {
  const compat = new Map([...inbound, ...rows.map((row) => [row.code, widened(row)] as const)]);
  const payload = list[4];
  const attributes = [EVENT, PUBLISH].some(({ code }) => code === list[0]) ? list[list[0] === EVENT.code ? 3 : 2] : undefined;
  const isBare = list.length === 5 && (typeof payload === 'string' || payload instanceof Uint8Array);
  if (!isBare || dict(attributes) || !('enc_algo' in (attributes as object))) return parseMessage(list, compat);
  return { ...parseMessage(list.slice(0, 4), compat), payload };
}

/** `toWire`, in the dialect. */
export function compatToWire(message: CompatMessage): unknown[] {
  const { payload, ...strict } = message;
  return payload === undefined ? toWire(message) : [...toWire(strict as Message), payload];
}
