/*
 * The scripts in a realm with Internet Explorer 10's globals: no browser is needed, so this runs everywhere and always. That they are
 * ECMAScript 5 at all, the build itself checks. Real engines: test/engines/.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OldRealm, openOldRealm } from '../engines/realm.ts';
import { distFile, type Outcome, openTheatre, pageFile, type Theatre } from '../engines/theatre.ts';
import { requireBuild } from './pack.mjs';

let theatre: Theatre;
let realm: OldRealm;
let outcomes: readonly Outcome[];

beforeAll(async () => {
  requireBuild();
  theatre = await openTheatre();
  realm = openOldRealm();
  realm.run(pageFile('before.js'));
  realm.run(distFile('autostrada.min.js'));
  realm.run(distFile('argon2.min.js'));
  realm.run(pageFile('after.js'));
  realm.run(pageFile('suite.js'));
  const run = realm.evaluate('(function (options, done) { runSuite(autostrada, options, done); })') as (
    options: object,
    done: (outcomes: Outcome[]) => void,
  ) => void;
  outcomes = await new Promise((resolve) => run(theatre.options, resolve));
});
afterAll(() => theatre?.close());

test('everything that Internet Explorer 10 lacks is taken away', () => {
  // But for three constants, which nobody can delete and nobody uses.
  expect(realm.left).toEqual(['Number.EPSILON', 'Number.MAX_SAFE_INTEGER', 'Number.MIN_SAFE_INTEGER']);
});

test('calls, events, binary, 64-bit ids, reconnecting and logins work in JSON, MessagePack and CBOR over a real WebSocket', () => {
  expect(outcomes.filter(([, error]) => error !== undefined)).toEqual([]);
  expect(outcomes.length).toBe(41);
});

test('globals are added only where the standard has them, and typed arrays are never replaced', () => {
  expect([...(realm.evaluate('added') as string[])].sort()).toEqual(
    ['AbortController', 'AbortSignal', 'Map', 'Promise', 'Set', 'Symbol', 'WeakMap', 'autostrada', 'globalThis'].sort(),
  );
});
