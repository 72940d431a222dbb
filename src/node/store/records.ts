/*
 * The records of a store: a key and a value for each event in each place, in the order in which they came. A realm's retained events are one place, each history is
 * another. The texts of keys sort as the numbers of their records do.
 */
import { isDict } from '../../base/checks.ts';
import type { Dict } from '../../base/words.ts';
import type { Audience, HistoryName, StoredEvent, StoredPayload } from '../../router/store/store.ts';
import { cbor } from '../../serializer/cbor.ts';

/** Of the version of the store. */
export const FORMAT_KEY = 'format';
/** The version that this code writes. A change that older code cannot read makes it grow. */
export const FORMAT = 1;

/** All keys of events begin with it. */
export const EVENT = 'event ';
/** Comes after all keys of events. */
export const EVENTS_END = 'event!';

/** Enough for 2^53. */
const DIGITS = 14;

/** The name of a place. `history` undefined: the retained events of the realm. */
export function placeOf(realm: string, history: HistoryName | undefined): string {
  return JSON.stringify(history ? [realm, history.match, history.uri] : [realm]);
}

export function keyOf(place: string, number: number): string {
  return `${EVENT}${place} ${number.toString(16).padStart(DIGITS, '0')}`;
}

export interface RecordKey {
  readonly place: string;
  readonly number: number;
}

export function readKey(key: string): RecordKey {
  return { place: key.slice(EVENT.length, -DIGITS - 1), number: Number.parseInt(key.slice(-DIGITS), 16) };
}

const serializer = /* @__PURE__ */ cbor();

export function writeEvent(event: StoredEvent): Uint8Array {
  const { publication, topic, time, details, payload, audience, excluded, session } = event;
  const { serializer: name, args, kwargs } = payload ?? {};
  const frame = serializer.encode([publication, topic, time, details, name, args, kwargs, audience, excluded, session]);
  if (typeof frame === 'string') throw new TypeError('expected CBOR to be bytes');
  return frame;
}

/** @throws TypeError if it is not an event of this format. */
export function readEvent(value: Uint8Array): StoredEvent {
  const [publication, topic, time, details, name, args, kwargs, audience, excluded, session] = serializer.decode(value);
  if (typeof publication !== 'number' || typeof topic !== 'string' || typeof time !== 'number' || !isDict(details))
    throw new TypeError('expected an event');
  return {
    publication,
    topic,
    time,
    details,
    payload: payloadOf(name, args, kwargs),
    audience: isDict(audience) ? readAudience(audience) : undefined,
    excluded: typeof excluded === 'number' ? excluded : undefined,
    session: typeof session === 'number' ? session : undefined,
  };
}

function payloadOf(serializer: unknown, args: unknown, kwargs: unknown): StoredPayload | undefined {
  if (serializer !== 'json' && serializer !== 'msgpack' && serializer !== 'cbor') return undefined;
  return {
    serializer,
    ...(args instanceof Uint8Array ? { args } : {}),
    ...(kwargs instanceof Uint8Array ? { kwargs } : {}),
  };
}

function readAudience(lists: Dict): Audience {
  return {
    eligible: ids(lists.eligible),
    eligible_authid: names(lists.eligible_authid),
    eligible_authrole: names(lists.eligible_authrole),
    exclude: ids(lists.exclude),
    exclude_authid: names(lists.exclude_authid),
    exclude_authrole: names(lists.exclude_authrole),
  };
}

function ids(list: unknown): readonly number[] | undefined {
  return Array.isArray(list) ? list.filter((id) => typeof id === 'number') : undefined;
}

function names(list: unknown): readonly string[] | undefined {
  return Array.isArray(list) ? list.filter((name) => typeof name === 'string') : undefined;
}
