/* A cluster in a configuration file. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Connection } from 'autostrada';
import { checkFile, serve } from 'autostrada/node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { hasNats, skipLoudlyWithoutNats, startNats } from '../fixtures/nats-server.ts';
import { failure } from '../fixtures/scripted-session.ts';

skipLoudlyWithoutNats();

function fileWith(config: object, name = 'router.json'): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'autostrada-cluster-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, name);
  writeFileSync(file, JSON.stringify({ realms: { realm1: 'open' }, ...config }));
  return file;
}

const listening = { port: 0, ops: { path: '/ops' } };

describe.runIf(hasNats)('[L3] the cluster of a file', { timeout: 60_000 }, () => {
  test('joins the routers of several files to one, and the server may want a user', async () => {
    const server = await startNats({ args: ['--user', 'joe', '--pass', 'secret'] });
    onTestFinished(() => server.stop());
    process.env.TEST_NATS_URL = server.url.replace('nats://', 'nats://joe:secret@');
    const config = { listen: listening, cluster: { nats: { servers: { env: 'TEST_NATS_URL' } } } };
    const [one, two] = [await serve(fileWith(config)), await serve(fileWith(config))];
    onTestFinished(() => Promise.all([one.close(), two.close()]).then(() => {}));
    const [a, b] = [one, two].map(({ listeners }) => new Connection({ url: listeners[0]?.url ?? '', realm: 'realm1' }));
    if (!a || !b) throw new Error('no connections');
    onTestFinished(() => Promise.all([a.close(), b.close()]).then(() => {}));
    await a.register('com.example.add', ([x, y]: [number, number]) => x + y).ready;
    expect(await b.call('com.example.add', [2, 3])).toBe(5);
  });

  test('says at /readyz that a router is cut off, and that it is back', async () => {
    const server = await startNats();
    onTestFinished(() => server.stop());
    const served = await serve(fileWith({ listen: listening, cluster: { nats: { servers: server.url } } }));
    onTestFinished(() => served.close());
    const ready = async (): Promise<number> => (await fetch(`${served.listeners[0]?.opsUrl}/readyz`)).status;
    expect(await ready()).toBe(200);
    await server.kill();
    await expect.poll(ready, { timeout: 20_000 }).toBe(503);
    await server.start();
    await expect.poll(ready, { timeout: 20_000 }).toBe(200);
  }, 60_000);

  test('is an error that names the server if it is not there', async () => {
    const file = fileWith({ listen: listening, cluster: { nats: { servers: 'nats://127.0.0.1:9' } } });
    expect(await failure(serve(file))).toMatchObject({ message: expect.stringContaining('cannot connect to NATS at 127.0.0.1:9') });
  });
});

describe('[L3] a fault of the cluster of a file has its place', () => {
  const near = 'nats://127.0.0.1:4222';
  const faulty: readonly (readonly [text: string, config: object])[] = [
    ['config.cluster.nats: expected an object, got nothing', { cluster: {} }],
    ['config.cluster.nats.servers', { cluster: { nats: {} } }],
    ['config.cluster.nats: expected TLS and credentials', { cluster: { nats: { servers: 'nats://nats.example.com' } } }],
    ['no such file', { cluster: { nats: { servers: near, credentials: 'absent.creds' } } }],
    ['config.store: expected no store beside a cluster', { store: { folder: 'data' }, cluster: { nats: { servers: near } } }],
    ['config.processes: expected one process beside a cluster', { processes: 2, cluster: { nats: { servers: near } } }],
    ['config.listen: expected no cookies with a cluster', { listen: { cookies: {} }, cluster: { nats: { servers: near } } }],
    [
      "config.cluster.nats: expected servers, name, replicas, whenIsolated, insecure, credentials, tls, got 'server'",
      { cluster: { nats: { server: near } } },
    ],
  ];
  test.for(faulty)('%s', async ([text, config]) => {
    const { faults } = await checkFile(fileWith(config));
    expect(faults.map((fault) => `${fault.path}: ${fault.text}`).join('\n')).toContain(text);
  });
});
