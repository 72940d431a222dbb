/*
 * The scripts in a realm with Internet Explorer 10's globals: no browser is needed, so this runs everywhere and always. That they are
 * ECMAScript 5 at all, the build itself checks. Real engines: test/engines/.
 */
import { beforeAll, expect, test } from 'vitest';
import { type Played, playInOldRealm } from '../engines/realm.ts';
import { openTheatre } from '../engines/theatre.ts';
import { requireBuild } from './pack.mjs';

let played: Played;

beforeAll(async () => {
  requireBuild();
  const theatre = await openTheatre();
  played = await playInOldRealm(theatre.options);
  await theatre.close();
});

test('everything that Internet Explorer 10 lacks is taken away', () => {
  // But for three constants, which nobody can delete and nobody uses.
  expect(played.left).toEqual(['Number.EPSILON', 'Number.MAX_SAFE_INTEGER', 'Number.MIN_SAFE_INTEGER']);
});

test('calls, events, binary, 64-bit ids, reconnecting and logins work in JSON, MessagePack and CBOR over a real WebSocket', () => {
  expect(played.outcomes.filter(([, error]) => error !== undefined)).toEqual([]);
  expect(played.outcomes.length).toBe(41);
});

test('globals are added only where the standard has them, and typed arrays are never replaced', () => {
  const standard = ['AbortController', 'AbortSignal', 'Map', 'Promise', 'Set', 'Symbol', 'WeakMap', 'globalThis'];
  expect([...played.added].sort()).toEqual([...standard, 'autostrada'].sort());
});
