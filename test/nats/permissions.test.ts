/* What a user of NATS must be allowed: the list of the guide, neither more nor less. */
import { readFileSync } from 'node:fs';
import { jetstreamManager } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { connect } from '@nats-io/transport-node';
import { Connection } from 'autostrada';
import { type NatsOptions, nats } from 'autostrada/nats';
import { Router, type RouterConfig } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { removeMarkers } from '../../src/nats/bucket.ts';
import { hasNats, type NatsServer, natsPrograms, skipLoudlyWithoutNats, startNats } from '../fixtures/nats-server.ts';
import { failure } from '../fixtures/scripted-session.ts';

skipLoudlyWithoutNats();

const guide = readFileSync(new URL('../../docs/guide/scaling.md', import.meta.url), 'utf8');
const accounts = /```\n(accounts \{[\s\S]*?)```/.exec(guide)?.[1]?.replace('$ROUTER_PASSWORD', 'secret') ?? '';
const allowed = [...(/publish: \[([\s\S]*?)\]/.exec(accounts)?.[1] ?? '').matchAll(/"([^"]+)"/g)].map(
  ([, subject]) => subject ?? '',
);
const topic = 'com.example.topic';

async function routerAt({ port }: NatsServer, options: Partial<NatsOptions> = {}, maxRetainedBytes = 2 ** 20): Promise<Router> {
  const config: RouterConfig = {
    realms: { realm1: { anonymous: 'guest', authroles: { guest: { permissions: 'all' } }, history: [{ uri: topic, limit: 100 }] } },
    limits: { maxRetainedBytes },
  };
  const router = new Router(config, { cluster: nats({ servers: `nats://router:secret@127.0.0.1:${port}`, ...options }) });
  onTestFinished(() => router.close());
  await router.ready;
  return router;
}

function sessionAt(router: Router) {
  const connection = new Connection({ url: router, realm: 'realm1', retry: false });
  connection.on('error', () => {}); // its router closes
  onTestFinished(() => connection.close());
  return connection.open();
}

describe.runIf(hasNats).each(natsPrograms)('the permissions of the guide at NATS $version', { timeout: 60_000 }, (program) => {
  const start = async (more = ''): Promise<NatsServer> => {
    const server = await startNats({ program, config: `${accounts}\n${more}` });
    onTestFinished(() => server.stop());
    return server;
  };

  test('[L3] are enough for all that routers do, and each of them is used', async () => {
    const server = await start('trace: true');
    const [one, two] = [await routerAt(server), await routerAt(server, {}, 2 ** 21)];
    const [callee, caller] = [await sessionAt(one), await sessionAt(two)];
    const registration = await callee.register('com.example.echo', ([text]: [string]) => text);
    expect(await caller.call('com.example.echo', ['hello'])).toBe('hello');
    await registration.unregister();
    const heard: unknown[] = [];
    await caller.subscribe(topic, ([value]) => heard.push(value));
    const keep = { acknowledge: true, retain: true };
    await callee.publish(topic, ['all'], {}, keep);
    await callee.publish(topic, ['some'], {}, { ...keep, exclude: [1] });
    await callee.publish(topic, ['bound'], {}, { ...keep, session_bound: true });
    await callee.publish(topic, ['forgotten'], {}, { acknowledge: true, forget: true });
    await callee.publish(topic, ['others'], {}, { ...keep, exclude: [1] });
    await expect.poll(() => heard).toEqual(['all', 'some', 'bound', 'forgotten', 'others']);
    await caller.subscribe(topic, () => {}, { get_retained: true }); // reads the stream, which is too small for its router
    const id = await caller.call<number>('wamp.subscription.lookup', [topic]);
    const { args: past } = await caller.callResult('wamp.subscription.get_events', [id]);
    expect(past[0]).toMatchObject({ args: ['all'] });
    const connection = await connect({
      servers: server.url,
      user: 'router',
      pass: 'secret',
      inboxPrefix: 'autostrada.default.inbox',
    });
    onTestFinished(() => connection.close());
    const bucket = await new Kvm(connection).open('autostrada_default', { bindOnly: true });
    await bucket.put('x.old', 'text');
    await bucket.delete('x.old');
    await removeMarkers(await jetstreamManager(connection), bucket, 'autostrada_default');
    // So much that the server waits until the next router has taken it.
    const text = 'x'.repeat(100_000);
    await Promise.all(Array.from({ length: 40 }, () => caller.publish(topic, [text], {}, { acknowledge: true })));
    await routerAt(server);
    await one.close();
    expect(await caller.call('wamp.session.count')).toBe(1);
    await expect.poll(() => unused(server.log)).toEqual([]);
    expect(server.log).not.toMatch(/violation/i);
  }, 30_000);

  test('[L3] do not let it into clusters of another name, which is said at the start', async () => {
    const server = await start();
    await routerAt(server);
    const router = routerAt(server, { name: 'other' });
    expect(await failure(router)).toMatchObject({ message: expect.stringMatching(/cannot join the cluster at NATS .*ermission/) });
  });
});

/** A consumer that has missed messages is looked at and replaced, which does not happen here. */
const afterGaps = ['$JS.API.CONSUMER.DELETE.>', '$JS.API.CONSUMER.INFO.>'];

/** Those that nobody has needed. */
function unused(log: string): readonly string[] {
  const published = [...log.matchAll(/<<- \[H?PUB (\S+)/g)].map(([, subject]) => subject ?? '');
  return allowed.filter((pattern) => !afterGaps.includes(pattern) && !published.some((subject) => matches(subject, pattern)));
}

function matches(subject: string, pattern: string): boolean {
  const [own, wanted] = [subject.split('.'), pattern.split('.')];
  return wanted.every((token, i) => (token === '>' ? own.length > i : token === '*' ? own[i] !== undefined : token === own[i]));
}
