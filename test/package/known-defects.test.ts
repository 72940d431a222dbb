/* A defect of other clients that shows in the package only: see test/client/known-defects.test.ts. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import pkg from '../../package.json' with { type: 'json' };
import { requireBuild } from './pack.mjs';

const root = path.resolve(import.meta.dirname, '../..');
beforeAll(requireBuild);

/** Runs CommonJS; gives back what it printed. Within the package, so that it finds itself by its name. */
function run(code: string): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=commonjs', '-e', code], {
    cwd: root,
    encoding: 'utf8',
    timeout: 30_000,
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

const entries = Object.keys(pkg.exports)
  .filter((entry) => entry !== './package.json')
  .map((entry) => path.posix.join('autostrada', entry));

test.each(entries)("[P9] require('%s') works, because no module awaits at its top level", (entry) => {
  expect(run(`console.log(typeof require(${JSON.stringify(entry)}));`)).toBe('object\n');
});

/** As on a plain-http page: random numbers, and nothing else. */
const withoutSubtle = `
const { getRandomValues } = globalThis.crypto;
const crypto = { getRandomValues: getRandomValues.bind(globalThis.crypto) };
Object.defineProperty(globalThis, 'crypto', { value: crypto, configurable: true });
`;

test.each([
  ['a secret', '{ secret }'],
  ['a salted key', '{ key: await deriveKey(secret, salted.salt, salted), ...salted }'],
])('[P9] wampcra() logs in with %s where crypto.subtle is missing', (_what, user) => {
  const login = `
    const { Connection } = require('autostrada');
    const { Router } = require('autostrada/router');
    const { deriveKey, wampcra } = require('autostrada/wampcra');
    (async () => {
      const secret = 'secret';
      const salted = { salt: 'salt', iterations: 100, keylen: 32 };
      const users = { joe: { authrole: 'user', wampcra: ${user} } };
      const router = new Router({ realms: { realm1: { users, authroles: { user: { permissions: 'all' } } } } });
      const connection = new Connection({ url: router, realm: 'realm1', auth: wampcra({ authid: 'joe', secret }) });
      const session = await connection.open();
      console.log(typeof crypto.subtle, session.authid, session.authmethod);
      await connection.close();
      await router.close();
    })();`;
  expect(run(withoutSubtle + login)).toBe('undefined joe wampcra\n');
});
