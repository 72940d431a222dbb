/* Procedures below `wamp.` that several nodes answer: what is wrong is refused as by one router, and by nobody else. */
import { Connection, type ConnectionOptions, type Session } from 'autostrada';
import { listSubscriptions } from 'autostrada/meta';
import { type RealmConfig, Router } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { TestCluster } from '../fixtures/nodes.ts';
import { failure } from '../fixtures/scripted-session.ts';

async function routers(
  count: number,
  realm1: RealmConfig | 'open' = 'open',
  limits: readonly object[] = [],
): Promise<readonly Router[]> {
  const cluster = new TestCluster();
  const all: Router[] = [];
  for (let i = 0; i < count; i++) {
    const router = new Router({ realms: { realm1 }, limits: { ...limits[i] } }, { cluster: cluster.engine() });
    await router.ready;
    onTestFinished(() => router.close());
    all.push(router);
  }
  return all;
}

async function join(router: ConnectionOptions['url'] | undefined): Promise<Session> {
  if (!router) throw new Error('expected a router');
  const connection = new Connection({ url: router, realm: 'realm1', retry: false });
  connection.on('error', () => {}); // it may be ended
  onTestFinished(() => connection.close());
  return connection.open();
}

/** A session, with a subscription and a procedure, at the last of so many routers; and a caller at the first one. */
async function target(count: number, limits?: readonly object[]) {
  const all = await routers(count, 'open', limits);
  const [caller, victim] = [await join(all[0]), await join(all.at(-1))];
  await victim.subscribe('com.example.topic', () => {});
  await victim.register('com.example.add', () => 1);
  const subscription = (await listSubscriptions(caller)).exact[0] ?? 0;
  const registration = await caller.call<number>('wamp.registration.lookup', ['com.example.add']);
  return { all, caller, victim, subscription, registration };
}

type Found = Awaited<ReturnType<typeof target>>;

const wrong: readonly (readonly [procedure: string, args: (found: Found) => unknown[], kwargs: Record<string, unknown>])[] = [
  ['wamp.session.count', () => ['user'], {}],
  ['wamp.session.list', () => [], { limit: 0 }],
  ['wamp.session.list', () => [[1]], {}],
  ['wamp.session.get', () => ['x'], {}],
  ['wamp.session.get', ({ victim }) => [victim.id], { reson: 1 }],
  ['wamp.session.kill', ({ victim }) => [victim.id], { reason: 'no uri' }],
  ['wamp.session.kill', ({ victim }) => [victim.id], { reason: 7 }],
  ['wamp.session.kill', ({ victim }) => [victim.id], { message: 7 }],
  ['wamp.session.kill', ({ victim }) => [victim.id], { message: 'x'.repeat(5000) }],
  ['wamp.session.kill', ({ victim }) => [victim.id], { reson: 'com.example.enough' }],
  ['wamp.session.kill', ({ victim }) => [String(victim.id)], {}],
  ['wamp.session.kill', () => [12], { reason: 'no uri' }],
  ['wamp.session.kill_by_authid', ({ victim }) => [victim.authid], { reason: 'no uri' }],
  ['wamp.session.kill_by_authid', () => [7], {}],
  ['wamp.session.kill_by_authrole', ({ victim }) => [victim.authrole], { message: 7 }],
  ['wamp.session.kill_by_authrole', () => [], {}],
  ['wamp.session.kill_all', () => [], { reason: 'no uri' }],
  ['wamp.session.kill_all', () => [], { message: [] }],
  ['wamp.session.add_testament', () => ['no uri', [], {}], {}],
  ['wamp.session.add_testament', () => ['com.example.topic', 'x', {}], {}],
  ['wamp.session.flush_testaments', () => [], { scope: 'x' }],
  ['wamp.subscription.list', () => [], { after: 'x' }],
  ['wamp.subscription.lookup', () => ['com.example.topic', { match: 'x' }], {}],
  ['wamp.subscription.lookup', () => [7], {}],
  ['wamp.subscription.match', () => ['no uri'], {}],
  ['wamp.subscription.match', () => ['com.example.topic'], { limit: 'x' }],
  ['wamp.subscription.get', () => ['x'], {}],
  ['wamp.subscription.list_subscribers', ({ subscription }) => [subscription], { limit: 'x' }],
  ['wamp.subscription.list_subscribers', () => [], {}],
  ['wamp.subscription.count_subscribers', () => ['x'], {}],
  ['wamp.subscription.remove_subscriber', ({ subscription, victim }) => [subscription, victim.id, 7], {}],
  ['wamp.subscription.remove_subscriber', ({ subscription }) => [subscription, 'x'], {}],
  ['wamp.registration.list', () => [], { limit: -1 }],
  ['wamp.registration.lookup', () => ['com.example.add', 7], {}],
  ['wamp.registration.match', () => [7], {}],
  ['wamp.registration.get', () => [], {}],
  ['wamp.registration.list_callees', ({ registration }) => [registration], { limit: 'x' }],
  ['wamp.registration.count_callees', () => ['x'], {}],
  ['wamp.registration.remove_callee', ({ registration, victim }) => [registration, victim.id], { reason: 7 }],
  ['wamp.registration.remove_callee', ({ registration }) => [registration, 'x'], {}],
  ['autostrada.topic.forget', () => ['no uri'], {}],
];

describe('[L4] wrong arguments of a procedure that all nodes answer', () => {
  test('give the same error at one router and at several, and end nothing', async () => {
    const [one, several] = [await target(1), await target(3)];
    for (const [procedure, args, kwargs] of wrong) {
      const answer = ({ caller, ...found }: Found) => failure(caller.call(procedure, args({ caller, ...found }), kwargs));
      const { uri, args: text } = (await answer(one)) as { uri: string; args?: unknown };
      expect([procedure, kwargs, uri]).toEqual([procedure, kwargs, expect.stringMatching(/invalid_(argument|uri)$/)]);
      expect(await answer(several), procedure).toMatchObject({ uri, args: text });
    }
    for (const { victim, caller } of [one, several]) {
      expect(await caller.call('wamp.session.get', [victim.id])).toMatchObject({ session: victim.id });
      expect(await caller.call('com.example.add')).toBe(1);
    }
  });

  test('are not carried out by a router that allows more than that of the caller', async () => {
    const { caller, victim } = await target(2, [{ maxUriLength: 100 }, { maxUriLength: 1000 }]);
    for (const [procedure, args] of [
      ['wamp.session.kill', [victim.id]],
      ['wamp.session.kill_by_authid', [victim.authid]],
      ['wamp.session.kill_by_authrole', [victim.authrole]],
      ['wamp.session.kill_all', []],
    ] as const)
      expect(await failure(caller.call(procedure, [...args], { message: 'x'.repeat(500) }))).toMatchObject({
        uri: 'wamp.error.invalid_argument',
      });
    expect(await caller.call('wamp.session.get', [victim.id])).toMatchObject({ session: victim.id });
  });

  test('say what the router of the session takes for wrong, if it allows less', async () => {
    const { caller, victim } = await target(2, [{ maxUriLength: 1000 }, { maxUriLength: 100 }]);
    const killing = caller.call('wamp.session.kill', [victim.id], { message: 'x'.repeat(500) });
    expect(await failure(killing)).toMatchObject({ uri: 'wamp.error.invalid_argument' });
  });
});

test('[L4] a session that is nowhere, and the own one, is no_such_session at several routers, too', async () => {
  const { caller } = await target(2);
  for (const id of [12, caller.id])
    expect(await failure(caller.call('wamp.session.kill', [id]))).toMatchObject({ uri: 'wamp.error.no_such_session' });
  const own = caller.call('wamp.session.kill', [caller.id], { reason: 'no uri' });
  expect(await failure(own)).toMatchObject({ uri: 'wamp.error.no_such_session' });
});

test('[L4] a retained event is forgotten for a caller that may publish to its topic, and for no other one', async () => {
  const topic = 'com.example.topic';
  const guest = { permissions: [{ uri: 'autostrada.topic.forget', allow: ['call'] as const }] };
  const user = { permissions: [{ uri: topic, allow: ['publish', 'subscribe'] as const }, ...guest.permissions] };
  const [first, second] = await routers(2, { authroles: { guest, user } });
  const caller = await join(first?.as({ authrole: 'guest' }));
  const [publisher, reader] = [await join(second?.as({ authrole: 'user' })), await join(second?.as({ authrole: 'user' }))];
  await publisher.publish(topic, ['kept'], null, { retain: true, acknowledge: true });
  expect(await failure(caller.call('autostrada.topic.forget', [topic]))).toMatchObject({ uri: 'wamp.error.not_authorized' });
  await new Promise((resolve) => setTimeout(resolve, 20)); // another node would have done it meanwhile
  const heard: unknown[] = [];
  await reader.subscribe(topic, (args: readonly unknown[]) => heard.push(...args), { get_retained: true });
  await expect.poll(() => heard).toEqual(['kept']);
  expect(await publisher.call('autostrada.topic.forget', [topic])).toBe(true);
  expect(await publisher.call('autostrada.topic.forget', [topic])).toBe(false);
});
