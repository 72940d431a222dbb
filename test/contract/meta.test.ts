import * as meta from 'autostrada/meta';
import { expect, it } from 'vitest';
import { type Bench, overMatrix } from '../fixtures/matrix.ts';
import { failure } from '../fixtures/scripted-session.ts';

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Records the events of a family; `heard` gives topics without their head, and arguments. */
async function watch(bench: Bench, prefix: string): Promise<() => unknown[]> {
  const events: unknown[] = [];
  const watcher = await bench.connect().open();
  await watcher.subscribe(prefix, (args: readonly unknown[], _kwargs, { topic }) => events.push([topic.split('.')[2], ...args]), {
    match: 'prefix',
  });
  return () => events;
}

function contract(bench: Bench): void {
  it('[R60] the meta API describes sessions', async () => {
    const [one, two] = [await bench.connect().open(), await bench.connect().open()];
    expect(await meta.countSessions(one)).toBe(2);
    expect(await meta.countSessions(one, ['anonymous'])).toBe(2);
    expect(await meta.countSessions(one, ['admin'])).toBe(0);
    expect([...(await meta.listSessions(one))].sort()).toEqual([one.id, two.id].sort());
    const { id: session, authid, authrole, authmethod } = two;
    expect(await meta.getSession(one, session)).toEqual({ session, authid, authrole, authmethod, authprovider: 'static' });
    expect(await failure(meta.getSession(one, 1))).toMatchObject({ uri: 'wamp.error.no_such_session' });
  });

  it('[R60] [C07] the meta API ends sessions', async () => {
    const admin = bench.connect();
    const victims = [bench.connect({ retry: false }), bench.connect({ retry: false }), bench.connect({ retry: false })];
    for (const victim of victims) victim.on('error', () => {}); // that nobody awaits
    const [first, second] = [await victims[0]?.open(), await victims[1]?.open()];
    await victims[2]?.open();
    await meta.killSession(admin, first?.id ?? 0, { reason: 'com.example.enough' });
    expect(await first?.ended).toMatchObject({ uri: 'com.example.enough' });
    expect(await meta.killByAuthid(admin, second?.authid ?? '')).toBe(1);
    expect(await second?.ended).toMatchObject({ uri: 'wamp.close.killed' });
    expect(await meta.killByAuthrole(admin, 'nobody')).toBe(0);
    expect(await meta.killAll(admin)).toBe(1);
    expect(await meta.countSessions(admin)).toBe(1);
    const own = admin.session?.id ?? 0;
    expect(await failure(meta.killSession(admin, own))).toMatchObject({ uri: 'wamp.error.no_such_session' });
    expect(await failure(meta.killSession(admin, own, { reason: 'no uri' }))).toMatchObject({ uri: 'wamp.error.no_such_session' });
  });

  it('[R60] meta events tell which sessions join and leave', async () => {
    const heard = await watch(bench, 'wamp.session.');
    const joe = await bench.connect().open();
    const { id: session, authid, authrole, authmethod } = joe;
    await expect.poll(heard).toEqual([['on_join', { session, authid, authrole, authmethod, authprovider: 'static' }]]);
    await joe.leave();
    await expect.poll(() => heard()[1]).toEqual(['on_leave', session, authid, authrole]);
  });

  it('[R54] the meta API describes registrations', async () => {
    const [one, two] = [await bench.connect().open(), await bench.connect().open()];
    const exact = await one.register('com.example.add', () => 1, { invoke: 'roundrobin' });
    await two.register('com.example.add', () => 1, { invoke: 'roundrobin' });
    const prefix = await one.register('com.example', () => 1, { match: 'prefix' });
    expect(await meta.listRegistrations(two)).toEqual({ exact: [exact.id], prefix: [prefix.id], wildcard: [] });
    expect(await meta.findRegistration(two, 'com.example.add')).toBe(exact.id);
    expect(await meta.findRegistration(two, 'com.example.sub')).toBe(prefix.id);
    expect(await meta.findRegistration(two, 'com.other')).toBeUndefined();
    expect(await meta.lookupRegistration(two, 'com.example', 'prefix')).toBe(prefix.id);
    expect(await meta.lookupRegistration(two, 'com.example')).toBeUndefined();
    expect(await meta.getRegistration(two, exact.id)).toEqual({
      id: exact.id,
      created: expect.stringMatching(ISO),
      uri: 'com.example.add',
      match: 'exact',
      invoke: 'roundrobin',
    });
    expect(await meta.listCallees(two, exact.id)).toEqual([one.id, two.id]);
    expect(await meta.countCallees(two, prefix.id)).toBe(1);
    expect(await failure(meta.countCallees(two, 1))).toMatchObject({ uri: 'wamp.error.no_such_registration' });
    expect(await failure(meta.findRegistration(two, 'not a uri'))).toMatchObject({ uri: 'wamp.error.invalid_argument' });
  });

  it('[R31] the meta API describes subscriptions', async () => {
    const [one, two] = [await bench.connect().open(), await bench.connect().open()];
    const exact = await one.subscribe('com.example.news', () => {});
    await two.subscribe('com.example.news', () => {});
    const wildcard = await one.subscribe('com..news', () => {}, { match: 'wildcard' });
    expect(await meta.listSubscriptions(two)).toEqual({ exact: [exact.id], prefix: [], wildcard: [wildcard.id] });
    expect(await meta.findSubscriptions(two, 'com.example.news')).toEqual([exact.id, wildcard.id]);
    expect(await meta.findSubscriptions(two, 'com.other')).toEqual([]);
    expect(await meta.lookupSubscription(two, 'com..news', 'wildcard')).toBe(wildcard.id);
    expect(await meta.lookupSubscription(two, 'com.other.news')).toBeUndefined();
    const { id } = exact;
    const info = { id, created: expect.stringMatching(ISO), uri: 'com.example.news', match: 'exact' };
    expect(await meta.getSubscription(two, id)).toEqual(info);
    expect(new Set(await meta.listSubscribers(two, id))).toEqual(new Set([one.id, two.id]));
    expect(await meta.countSubscribers(two, wildcard.id)).toBe(1);
    expect(await failure(meta.getSubscription(two, 1))).toMatchObject({ uri: 'wamp.error.no_such_subscription' });
  });

  it('[R54] meta events tell who registers and unregisters, in order, even when a session ends', async () => {
    const heard = await watch(bench, 'wamp.registration.');
    const [one, two] = [await bench.connect().open(), await bench.connect().open()];
    const { id, unregister } = await one.register('com.example.add', () => 1, { invoke: 'random' });
    await two.register('com.example.add', () => 1, { invoke: 'random' });
    await unregister();
    await two.leave();
    const info = { id, created: expect.stringMatching(ISO), uri: 'com.example.add', match: 'exact', invoke: 'random' };
    await expect.poll(heard).toEqual([
      ['on_create', one.id, info],
      ['on_register', one.id, id],
      ['on_register', two.id, id],
      ['on_unregister', one.id, id],
      ['on_unregister', two.id, id],
      ['on_delete', two.id, id],
    ]);
  });

  it('[R31] meta events tell who subscribes and unsubscribes, in order, even when a session ends', async () => {
    const heard = await watch(bench, 'wamp.subscription.');
    const [one, two] = [await bench.connect().open(), await bench.connect().open()];
    const { id, unsubscribe } = await one.subscribe('com.example.news', () => {});
    await two.subscribe('com.example.news', () => {});
    await unsubscribe();
    await two.leave();
    await expect.poll(heard).toEqual([
      ['on_create', one.id, { id, created: expect.stringMatching(ISO), uri: 'com.example.news', match: 'exact' }],
      ['on_subscribe', one.id, id],
      ['on_subscribe', two.id, id],
      ['on_unsubscribe', one.id, id],
      ['on_unsubscribe', two.id, id],
      ['on_delete', two.id, id],
    ]);
  });

  it('[R55] [C58] the meta API revokes a registration; running invocations are answered', async () => {
    const [callee, admin, caller] = [await bench.connect().open(), bench.connect(), bench.connect()];
    let finish: (value: string) => void = () => {};
    let start: () => void = () => {};
    const started = new Promise<void>((resolve) => (start = resolve));
    const registration = await callee.register('com.example.slow', () => {
      start();
      return new Promise<string>((resolve) => (finish = resolve));
    });
    const call = caller.call('com.example.slow');
    await started;
    await meta.removeCallee(admin, registration.id, callee.id, 'com.example.enough');
    expect(await registration.ended).toMatchObject({ uri: 'com.example.enough' });
    expect([registration.isActive, callee.registrations, callee.isOpen]).toEqual([false, [], true]);
    expect(await failure(caller.call('com.example.slow'))).toMatchObject({ uri: 'wamp.error.no_such_procedure' });
    finish('done');
    expect(await call).toBe('done');
    await registration.unregister(); // nothing is left to do
    expect((await callee.register('com.example.slow', () => 'again')).isActive).toBe(true);
    expect(await caller.call('com.example.slow')).toBe('again');
  });

  it('[R32] [C34] the meta API revokes a subscription, and no more events come', async () => {
    const [subscriber, admin] = [await bench.connect().open(), await bench.connect().open()];
    const heard: unknown[] = [];
    const subscription = await subscriber.subscribe('com.example.news', ([headline]: [string]) => heard.push(headline));
    const publish = (headline: string) => admin.publish('com.example.news', [headline], null, { acknowledge: true });
    await publish('one');
    bench.router.revokeSubscription(subscription.id, subscriber.id, 'too much of it');
    expect(await subscription.ended).toMatchObject({ uri: 'wamp.error.no_such_subscription', args: ['too much of it'] });
    await publish('two');
    await subscriber.subscribe('com.example.news', ([headline]: [string]) => heard.push(`again ${headline}`));
    await publish('three');
    await expect.poll(() => heard).toEqual(['one', 'again three']);
    expect(await failure(meta.removeSubscriber(admin, subscription.id, admin.id))).toMatchObject({
      uri: 'wamp.error.no_such_subscription',
    });
  });

  it('[R31] [R54] [R32] [R55] [R60] the router announces the features that it has', async () => {
    const { features } = await bench.connect().open();
    expect(features.broker).toMatchObject({ session_meta_api: true, subscription_meta_api: true, subscription_revocation: true });
    expect(features.dealer).toMatchObject({ session_meta_api: true, registration_meta_api: true, registration_revocation: true });
  });
}

overMatrix('meta', contract);
