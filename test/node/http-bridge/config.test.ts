/* The bridge in a configuration file. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Connection } from 'autostrada';
import { checkFile, serve } from 'autostrada/node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { asked } from './bridge.ts';

function fileOf(config: object): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'autostrada-http-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'router.json');
  writeFileSync(file, JSON.stringify(config));
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
