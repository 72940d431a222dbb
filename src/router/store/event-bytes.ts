/* An event as bytes, for stores that keep it elsewhere. */
import { isDict } from '../../base/checks.ts';
import type { Dict } from '../../base/words.ts';
import { cbor } from '../../serializer/cbor.ts';
import type { Audience, StoredEvent, StoredPayload } from './store.ts';

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
    ...(Array.isArray(lists.eligible) ? { eligible: ids(lists.eligible) } : {}),
    ...(Array.isArray(lists.eligible_authid) ? { eligible_authid: names(lists.eligible_authid) } : {}),
    ...(Array.isArray(lists.eligible_authrole) ? { eligible_authrole: names(lists.eligible_authrole) } : {}),
    ...(Array.isArray(lists.exclude) ? { exclude: ids(lists.exclude) } : {}),
    ...(Array.isArray(lists.exclude_authid) ? { exclude_authid: names(lists.exclude_authid) } : {}),
    ...(Array.isArray(lists.exclude_authrole) ? { exclude_authrole: names(lists.exclude_authrole) } : {}),
  };
}

function ids(list: readonly unknown[]): readonly number[] {
  return list.filter((id) => typeof id === 'number');
}

function names(list: readonly unknown[]): readonly string[] {
  return list.filter((name) => typeof name === 'string');
}
