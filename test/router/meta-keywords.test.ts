import { describe, expect, test } from 'vitest';
import { ERROR, GOODBYE } from '../fixtures/messages.ts';
import { joinedClient } from '../fixtures/scripted-peer.ts';
import { Asker } from './asker.ts';
import { openRouter } from './open-router.ts';

const FILTER =
  'limit, reverse, from_time, after_time, before_time, until_time, topic, from_publication, after_publication, before_publication, until_publication';

/** Who asks, and another one. */
async function two() {
  const { router } = openRouter();
  const asker = new Asker(await joinedClient(router.as({ authid: 'max', authrole: 'admin' })));
  const other = await joinedClient(router.as({ authid: 'joe', authrole: 'user' }));
  const id = router.sessions.find(({ authid }) => authid === 'joe')?.id ?? 0;
  return { router, asker, other, id };
}

describe('a keyword argument that the procedure does not know', () => {
  test.each([
    ['wamp.session.count', 'filter_authroles', 'no keyword arguments'],
    ['wamp.session.list', 'limt', 'the keyword arguments limit, after'],
    ['wamp.session.get', 'session_id', 'no keyword arguments'],
    ['wamp.session.kill', 'resaon', 'the keyword arguments reason, message'],
    ['wamp.session.kill_by_authid', 'why', 'the keyword arguments reason, message'],
    ['wamp.session.kill_by_authrole', 'authid', 'the keyword arguments reason, message'],
    ['wamp.session.kill_all', 'authrole', 'the keyword arguments reason, message'],
    ['wamp.session.add_testament', 'options', 'the keyword arguments scope, publish_options'],
    ['wamp.session.flush_testaments', 'scopes', 'the keyword arguments scope'],
    ['wamp.registration.list', 'match', 'the keyword arguments limit, after'],
    ['wamp.registration.lookup', 'match', 'no keyword arguments'],
    ['wamp.registration.list_callees', 'offset', 'the keyword arguments limit, after'],
    ['wamp.registration.remove_callee', 'message', 'the keyword arguments reason'],
    ['wamp.subscription.list', 'match', 'the keyword arguments limit, after'],
    ['wamp.subscription.match', 'match', 'the keyword arguments limit, after'],
    ['wamp.subscription.list_subscribers', 'offset', 'the keyword arguments limit, after'],
    ['wamp.subscription.remove_subscriber', 'message', 'the keyword arguments reason'],
    ['wamp.subscription.get_events', 'since', `the keyword arguments ${FILTER}`],
  ])('[G2] [R60] is refused: %s names %s, and the known ones', async (procedure, keyword, expected) => {
    const { router, asker } = await two();
    asker.send(48, {}, procedure, ['com.example.topic'], { [keyword]: 'x' });
    const [code, type, request, details, error, args] = await asker.peer.next();
    expect([code, type, request, details, error]).toEqual(ERROR('CALL', 1, {}, 'wamp.error.invalid_argument'));
    expect(String((args as unknown[])[0]).replace(/; did you mean .*/, '')).toBe(`expected ${expected}, got "${keyword}"`);
    expect(router.stats().sessions).toBe(2);
  });

  test('[G2] [R60] that is similar to a known one is reported with that', async () => {
    const { asker, id } = await two();
    asker.send(48, {}, 'wamp.session.kill', [id], { reson: 'com.example.enough' });
    const [, , , , , args] = await asker.peer.next();
    expect(args).toEqual([`expected the keyword arguments reason, message, got "reson"; did you mean 'reason'?`]);
  });

  test('[G2] [R60] is refused before anything is done', async () => {
    const { router, asker } = await two();
    for (const procedure of ['wamp.session.kill_all', 'wamp.session.kill_by_authrole'])
      await asker.refused('wamp.error.invalid_argument', procedure, ['user'], { authid: 'joe' });
    expect(router.sessions.length).toBe(2);
  });
});

test('[G2] [R60] keywords that begin with _, and those that are null, are ignored', async () => {
  const { asker, other, id } = await two();
  await asker.call('wamp.session.count', [], { _trace: 7, filter_authroles: null });
  await asker.call('wamp.session.kill', [id], { reason: null, message: null, _who: 'max' });
  await other.expect(GOODBYE({}, 'wamp.close.killed'));
});

test('[G3] [R30] get_events accepts a limit as its second argument, like Crossbar.io; the keyword has precedence', async () => {
  const topic = 'com.example.topic';
  const { router } = openRouter({
    realms: { realm1: { anonymous: 'guest', authroles: { guest: { permissions: 'all' } }, history: [{ uri: topic, limit: 9 }] } },
  });
  const asker = new Asker(await joinedClient(router));
  const id = await asker.subscribe(topic);
  for (const n of [1, 2, 3]) await asker.publish(topic, [n]);
  const found = async (args: readonly unknown[], kwargs?: object): Promise<number> =>
    (await asker.call('wamp.subscription.get_events', args, kwargs)).args.length;
  expect([await found([id]), await found([id, 2]), await found([id, null]), await found([id, 2], { limit: 1 })]).toEqual([
    3, 2, 3, 1,
  ]);
  await asker.refused('wamp.error.invalid_argument', 'wamp.subscription.get_events', [id, { limit: 2 }]);
});
