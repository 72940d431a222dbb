/* The table of `npm run test:interop`, as far as it can be checked without running a peer. */
import { describe, expect, test } from 'vitest';
import { isSilence } from '../interop/install.ts';

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
  ])('[G4] is told from a broken program: %j', (said) => expect(isSilence(said)).toBe(true));

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
  ])('[G4] is not what a compiler or a registry says: %j', (said) => expect(isSilence(said)).toBe(false));
});
