/* A serializer also encodes a dict of its own, for payload passthru, by the same payload model as a message. */
import { json, type Serializer } from 'autostrada';
import { msgpack } from 'autostrada/msgpack';
import { expect, test } from 'vitest';

const bytes = Uint8Array.of(0, 1, 255);

test.each<[string, Serializer]>([
  ['json', json()],
  ['msgpack', msgpack()],
])('[C46] %s encodes a dict as it encodes a message', (_, serializer) => {
  const dict = { args: [2 ** 53, Number.NaN, undefined, bytes, new Date(0)], kwargs: { gone: undefined, deep: { bytes } } };
  const decoded: unknown = serializer.decode(serializer.encode(dict));
  expect(decoded).toEqual({ args: [2 ** 53, null, null, bytes, '1970-01-01T00:00:00.000Z'], kwargs: { deep: { bytes } } });
  const cycle: { args: unknown[] } = { args: [] };
  cycle.args.push({ cycle });
  expect(() => serializer.encode(cycle)).toThrow(/a cycle/);
  expect(() => serializer.encode({ args: [{ f: () => {} }] })).toThrow(expect.objectContaining({ path: ['args', 0, 'f'] }));
});
