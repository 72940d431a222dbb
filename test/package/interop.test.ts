/* The table of `npm run test:interop`, as far as it can be checked without running a peer. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { deviations } from '../interop/deviations.ts';
import { payloadsBeside } from '../interop/fidelity/beside.ts';
import { isSilence } from '../interop/install.ts';
import { deviationsOf, rowOf } from '../interop/page.ts';
import type { Peer } from '../interop/peer.ts';
import { peers } from '../interop/peers.ts';
import { judge } from '../interop/report.ts';
import { restarts, scenarios } from '../interop/scenarios.ts';

describe('docs/interop.md', () => {
  const page = readFileSync('docs/interop.md', 'utf8');

  test('[G4] has a row for each peer, and for no other', () => {
    const rows = [...page.matchAll(/^(\| .* \|) \d+ \| \d+ \|$/gm)].map(([, row]) => row);
    expect(rows).toEqual(peers.map(rowOf));
  });

  test('[G4] says what is tried, and where each peer differs', () => {
    for (const [name, what] of Object.entries({ ...scenarios, ...restarts })) expect(page).toContain(`- **${name}**: ${what}\n`);
    const sections = peers.map((peer) => deviationsOf(peer, deviations)).filter((section) => section !== '');
    expect(page.slice(page.indexOf('### '))).toBe(sections.join('\n'));
  });

  test('[G4] has the calls between all languages, without a gap', () => {
    const clients = peers.filter(({ role }) => role === 'client');
    const rows = [...page.matchAll(/^\| \*\*.*\*\* \| (.*) \|$/gm)].map(([, cells = '']) => cells.split(' | '));
    expect(rows.length).toBe(clients.length);
    for (const [at, cells] of rows.entries()) {
      expect(cells.length).toBe(clients.length);
      expect(cells.findIndex((cell) => cell.trim() === '')).toBe(at);
    }
  });

  test('[G4] has the matrix of payloads, with Crossbar.io', () => expect(page).toContain(payloadsBeside()));
});

describe('deviations.ts', () => {
  test('[G4] names only peers in the table', () => {
    const names = peers.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(deviations.filter(({ peer }) => !names.includes(peer))).toEqual([]);
  });

  const peer: Peer = {
    role: 'client',
    name: 'A',
    language: '',
    version: '',
    required: true,
    reconnects: false,
    ways: [],
    logins: [],
    get: () => ({ whyNot: '', isSilent: false }),
  };
  const way = 'websocket json';
  const table = [
    { peer: 'A', scenarios: ['call'], reason: '' },
    { peer: 'B', scenarios: ['is called'], reason: '' },
  ];
  const failures = (...outcomes: readonly (readonly [scenario: string, ok: boolean])[]) =>
    judge({ peer, outcomes: outcomes.map(([scenario, ok]) => ({ scenario, ok, way, detail: 'why' })) }, table, true).failures;

  test('[G4] contains everything that fails', () => {
    expect(failures(['call', false], ['calls B', false], ['events', true])).toEqual([]);
    expect(failures(['call', false], ['events', false])).toEqual(['events, websocket json: why']);
  });

  test('[G4] contains only what was tried and fails', () => {
    const expected = 'deviations.ts expects it to fail, and it does not';
    expect(failures(['call', true], ['calls B', true])).toEqual([
      `call, websocket json: ${expected}`,
      `calls B, websocket json: ${expected}`,
    ]);
    expect(failures(['events', true])).toEqual(['call, any way: deviations.ts names it, and it is not tried']);
  });

  test('[G4] fails in CI if a required peer cannot be installed, unless its registry does not answer', () => {
    const red = (isSilent: boolean, isCi: boolean, required = true) =>
      judge({ peer: { ...peer, required }, missing: { whyNot: 'x', isSilent }, outcomes: [] }, table, isCi).failures.length;
    expect([red(false, true), red(true, true), red(false, false), red(false, true, false)]).toEqual([1, 0, 0, 0]);
  });
});

describe('a registry that does not answer', () => {
  test.each([
    'npm error code ENOTFOUND',
    'npm error code E503',
    'spawnSync npm ETIMEDOUT',
    'error: Failed to fetch: `x`\n  Caused by: error sending request for url (x)\n  Caused by: tcp connect error',
    'dial tcp: lookup x on 127.0.0.1:53: no such host',
    'reading x: 502 Bad Gateway',
    'download of config.json failed\n[6] Could not resolve host: x',
    'Could not transfer artifact x: x: Temporary failure in name resolution',
    'Could not transfer artifact x: Unknown host x',
  ])('[G4] differs from a broken program: %j', (said) => expect(isSilence(said)).toBe(true));

  test.each([
    'npm error code E404',
    'npm error code ERESOLVE',
    'No solution found when resolving dependencies: there is no version of x==9.9',
    './peer.go:12:2: undefined: client.Timeout',
    'reading x: 403 Forbidden\n\tserver response: This module version is not available.',
    'error[E0502]: cannot borrow `x` as mutable',
    'error[E0433]: failed to resolve: use of undeclared type',
    'Could not find artifact x:x:jar:1',
    "peer.cpp:3:10: fatal error: 'autobahn/autobahn.hpp' file not found",
  ])('[G4] is not recognized in the output of a compiler or a registry: %j', (said) => expect(isSilence(said)).toBe(false));
});
