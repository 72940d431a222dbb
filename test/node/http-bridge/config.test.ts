/* The bridge in a configuration file. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Connection } from 'autostrada';
import { checkFile, serve } from 'autostrada/node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { asked } from './bridge.ts';

function fileOf(config: object, modules: { readonly [name: string]: string } = {}): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'autostrada-http-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'router.json');
  writeFileSync(file, JSON.stringify(config));
  for (const [name, code] of Object.entries(modules)) writeFileSync(path.join(folder, name), code);
  return file;
}
const realms = { one: 'open', two: 'open' };

describe('[K6] http in a configuration file', () => {
  test('opens the bridge', async () => {
    const http = [{ path: '/one', realm: 'one', statuses: { 'com.example.error': 418 } }];
    const served = await serve(fileOf({ realms, listen: { port: 0, http } }));
    const service = new Connection({ url: served.router, realm: 'one' });
    await service.register('com.example.add', ([a, b]) => Number(a) + Number(b)).ready;
    expect(await asked(served.listeners[0]?.port ?? 0, '/one/call/com.example.add', { body: '[2,3]' })).toEqual([200, 5]);
    await service.close();
    await served.close();
  });

  test.each<[unknown, string]>([
    [true, 'expected a realm of this file (one, two), got nothing'],
    [{ realm: 'three' }, 'expected a realm of this file (one, two), got "three"'],
    [{ realm: 'one', maxStream: 5 }, "got 'maxStream'; did you mean 'maxStreams'?"],
    [{ realm: 'one', timeoutMs: 0 }, 'milliseconds from 1'],
    [[{ realm: 'one' }, { realm: 'two' }], "expected each bridge to have paths of its own, got '/call/' twice"],
    [[{ realm: 'one' }, { path: '/two', realm: 'too' }], 'expected a realm of this file (one, two), got "too"'],
  ])('is checked: %j', async (http, text) => {
    const { faults } = await checkFile(fileOf({ realms, listen: { http } }));
    expect(faults.map((fault) => fault.text).join('\n')).toContain(text);
  });
});

/** As `defineContract` makes it, without an installation beside the file. */
const contract = "{ '~around': (inner) => inner, definition: { procedures: { 'com.example.add': {} } } }";

describe('[K6] http.openapi in a configuration file', () => {
  const openapi = { contract: './contract.mjs', title: 'Shop' };
  const config = { realms, listen: { port: 0, http: { realm: 'one', openapi } } };

  test.each([
    `export default ${contract};`,
    `export const shop = ${contract}; export const other = 5;`,
    `const shop = ${contract}; export { shop, shop as default };`,
    `const shop = ${contract}; export { shop as a, shop as b };`,
    `export const other = ${contract}; export default ${contract};`,
  ])('takes the contract of a module: %s', async (code) => {
    const served = await serve(fileOf(config, { 'contract.mjs': code }));
    const [status, document] = await asked(served.listeners[0]?.port ?? 0, '/openapi.json', { method: 'GET' });
    expect([status, Object(document).info.title, Object.keys(Object(document).paths)]).toEqual([
      200,
      'Shop',
      ['/call/com.example.add'],
    ]);
    await served.close();
  });

  test.each([
    ['', 'best as default, got no exports'],
    ['export const other = 5; export default {};', 'best as default, got default, other'],
    [`export const a = ${contract}; export const b = ${contract};`, 'got several contracts (a, b)'],
    ['throw new RangeError("odd");', 'odd'],
    ['export default', 'rror'],
  ])('does not open a port if the module is %j', async (code, text) => {
    await expect(serve(fileOf(config, { 'contract.mjs': code })).catch((error) => Promise.reject(String(error)))).rejects.toContain(
      text,
    );
  });

  test.each<[unknown, string]>([
    [{ contract: './other.mjs' }, 'config.listen.http.openapi.contract: expected a module that can be read, got ENOENT'],
    [{}, 'config.listen.http.openapi.contract: expected a string, got nothing'],
    [{ contract: 5 }, 'config.listen.http.openapi.contract: expected a string'],
    [{ contract: './contract.mjs', titel: 'x' }, "got 'titel'; did you mean 'title'?"],
  ])('is checked: %j', async (openapi, text) => {
    const file = fileOf({ realms, listen: { http: { realm: 'one', openapi } } }, { 'contract.mjs': '' });
    const { faults } = await checkFile(file);
    expect(faults.map((fault) => `${fault.path}: ${fault.text}`).join('\n')).toContain(text);
  });
});
