/* Options that are not set, as clients write them on the wire: null, and extension 0 of MessagePack (undefined, of wampy and msgpackr). */
import { json } from 'autostrada';
import { msgpack } from 'autostrada/msgpack';
import { describe, expect, test } from 'vitest';
import {
  CALL,
  CANCEL,
  Code,
  ERROR,
  HELLO,
  INVOCATION,
  PUBLISH,
  PUBLISHED,
  REGISTER,
  REGISTERED,
  RESULT,
  SUBSCRIBE,
  SUBSCRIBED,
  WELCOME,
  YIELD,
} from '../fixtures/messages.ts';
import { openRouter } from './open-router.ts';
import { RawClient, rawClient, toHex } from './raw-client.ts';

const uri = 'com.example.a';

/** A message in MessagePack in which every null is extension 0. */
function withExtensions(list: readonly unknown[]): string {
  const marked = (value: unknown): unknown => {
    if (value === null) return 'NULL';
    if (Array.isArray(value)) return value.map(marked);
    if (typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, marked(member)]));
  };
  return toHex(packed(marked(list))).replaceAll(toHex(packed('NULL')), 'd40000');
}

function packed(value: unknown): Uint8Array {
  const bytes = msgpack().encode([value]);
  if (!(bytes instanceof Uint8Array)) throw new Error('expected bytes');
  return bytes.subarray(1);
}

describe.each([
  ['null in JSON', json, (list: readonly unknown[]) => JSON.stringify(list)],
  ['extension 0 in MessagePack', msgpack, withExtensions],
])('%s', (_, serializer, write) => {
  const decode = (frame: string): readonly unknown[] =>
    serializer().decode(frame.startsWith('[') ? frame : new Uint8Array(Buffer.from(frame, 'hex')));

  test('[G3] [R10] counts as absent in the options of every message, and the session continues', async () => {
    const { router } = openRouter();
    const client = await rawClient(router, serializer());
    client.send(write(SUBSCRIBE(1, { match: null, get_retained: null, nkey: null }, uri)));
    expect(decode(await client.next())).toEqual(SUBSCRIBED(1, expect.any(Number)));
    client.send(write(REGISTER(2, { match: null, invoke: null, concurrency: null, force_reregister: null }, uri)));
    expect(decode(await client.next())).toEqual(REGISTERED(2, expect.any(Number)));
    client.send(write(CALL(3, { timeout: null, receive_progress: null, disclose_me: null }, uri)));
    const [code, request] = decode(await client.next());
    expect(code).toBe(Code.INVOCATION);
    client.send(write(YIELD(request, { progress: null })));
    expect(decode(await client.next())).toEqual(RESULT(3, {}));
    client.send(write(CALL(4, {}, uri)), write(CANCEL(4, { mode: null })));
    expect(decode(await client.next())).toMatchObject(INVOCATION(2, expect.any(Number), {}));
    expect(decode(await client.next())).toMatchObject(ERROR('CALL', 4, {}, 'wamp.error.canceled', [expect.any(String)]));
    client.send(write(PUBLISH(5, { acknowledge: true, exclude_me: null, exclude: null, eligible: null, retain: null }, uri)));
    expect(decode(await client.next())).toEqual(PUBLISHED(5, expect.any(Number)));
  });

  test('[G3] [R01] counts as absent in HELLO', async () => {
    const { router } = openRouter();
    const client = new RawClient(router, serializer());
    const roles = { caller: { features: null }, callee: null };
    client.send(write(HELLO('realm1', { roles, authid: null, authmethods: null, authextra: null })));
    expect(decode(await client.next())).toMatchObject(WELCOME(expect.any(Number), {}));
  });

  test('[G3] [G1] [R23] counts as absent instead of args, and stays null in a payload', async () => {
    const { router } = openRouter();
    const [publisher, subscriber] = [await rawClient(router, serializer()), await rawClient(router, json())];
    subscriber.send(JSON.stringify(SUBSCRIBE(1, {}, uri)));
    await subscriber.next();
    publisher.send(write([16, 1, {}, uri, null, { a: null }]), write([16, 2, {}, uri, [null], null]));
    expect(JSON.parse(await subscriber.next()).slice(4)).toEqual([[], { a: null }]);
    expect(JSON.parse(await subscriber.next()).slice(4)).toEqual([[null]]);
  });
});
