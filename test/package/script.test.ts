// The bundle for script tags, in a realm that has little more than ECMAScript: no modules, no Node.js, no WebSocket yet.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import { gzipSync } from 'node:zlib';
import { argon2id } from 'autostrada/argon2';
import { beforeAll, expect, test } from 'vitest';
import pkg from '../../package.json' with { type: 'json' };
import { requireBuild } from './pack.mjs';

const file = path.resolve(import.meta.dirname, '../..', pkg.unpkg);
let code: string;
beforeAll(() => {
  requireBuild();
  code = readFileSync(file, 'utf8');
});

test('defines one global, autostrada, with what the entries export', async () => {
  const hostHas = { queueMicrotask, setTimeout, clearTimeout };
  const realm = vm.createContext({ ...hostHas });
  vm.runInContext(code, realm);
  expect(Object.keys(realm)).toEqual([...Object.keys(hostHas), 'autostrada']);
  const names = Object.keys(await import('../../src/script.ts'));
  expect(vm.runInContext('Object.keys(autostrada)', realm).sort()).toEqual(names.sort());
});

test('makes no code from strings, which a Content-Security-Policy forbids', () => {
  expect(code).not.toMatch(/\beval\s*\(|\bnew Function\b|\bFunction\s*\(/);
});

test('is ASCII, so that a page in any encoding can load it', () => {
  expect(code).not.toMatch(/[^\t\n\r -~]/);
});

test('stays within its budget', () => {
  const kilobytes = Math.round(gzipSync(code, { level: 9 }).length / 102.4) / 10;
  console.log(`size: the script bundle: ${kilobytes} KB minified and gzipped`);
  expect(kilobytes).toBeLessThanOrEqual(63);
});

test('argon2.min.js, loaded after it, adds Argon2id', async () => {
  const argon2 = readFileSync(path.join(path.dirname(file), 'argon2.min.js'), 'utf8');
  const realm = vm.createContext({ queueMicrotask, setTimeout, clearTimeout });
  vm.runInContext(code, realm);
  const names = vm.runInContext('Object.keys(autostrada)', realm) as string[];
  vm.runInContext(argon2, realm);
  expect(vm.runInContext('Object.keys(autostrada)', realm)).toEqual([...names, 'argon2id']);
  const key = await vm.runInContext(
    'autostrada.argon2id({ password: Uint8Array.of(1), salt: new Uint8Array(16), iterations: 1, memoryKiB: 8, length: 32 })',
    realm,
  );
  expect(Buffer.from(key)).toEqual(
    Buffer.from(await argon2id({ password: Uint8Array.of(1), salt: new Uint8Array(16), iterations: 1, memoryKiB: 8, length: 32 })),
  );
});

test('autobahn.min.js defines one global, autobahn, with the names that Autobahn|JS has', async () => {
  const autobahn = readFileSync(path.join(path.dirname(file), 'autobahn.min.js'), 'utf8');
  const hostHas = { queueMicrotask, setTimeout, clearTimeout };
  const realm = vm.createContext({ ...hostHas });
  vm.runInContext(autobahn, realm);
  expect(Object.keys(realm)).toEqual([...Object.keys(hostHas), 'autobahn']);
  expect((vm.runInContext('Object.keys(autobahn)', realm) as string[]).sort()).toEqual(
    Object.keys(await import('../../src/autobahn/names.ts')).sort(),
  );
  expect(autobahn).not.toMatch(/\beval\s*\(|\bnew Function\b|\bFunction\s*\(|[^\t\n\r -~]/);
  const kilobytes = Math.round(gzipSync(autobahn, { level: 9 }).length / 102.4) / 10;
  console.log(`size: autobahn.min.js: ${kilobytes} KB minified and gzipped`);
  expect(kilobytes).toBeLessThanOrEqual(60);
});
