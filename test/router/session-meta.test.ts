import { Router } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CALL, EVENT, GOODBYE, PUBLISH, REGISTER, RESULT } from '../fixtures/messages.ts';
import { joinedClient, type ScriptedPeer } from '../fixtures/scripted-peer.ts';
import { expectError, expectUnread, openRouter, register, subscribe } from './open-router.ts';

/** joe and ann are users, max is an admin; max asks. */
async function house() {
  const { router } = openRouter();
  const [joe, ann, max] = [
    await joinedClient(router.as({ authid: 'joe', authrole: 'user' })),
    await joinedClient(router.as({ authid: 'ann', authrole: 'user' })),
    await joinedClient(router.as({ authid: 'max', authrole: 'admin' })),
  ];
  const [joeId = 0, annId = 0, maxId = 0] = router.sessions.map(({ id }) => id);
  let request = 0;
  const send = (procedure: string, args?: unknown[], kwargs?: object): number => {
    request++;
    max.send(CALL(request, {}, procedure, ...(args || kwargs ? [args ?? []] : []), ...(kwargs ? [kwargs] : [])));
    return request;
  };
  const ask = async (procedure: string, args?: unknown[], kwargs?: object): Promise<unknown> => {
    const id = send(procedure, args, kwargs);
    const [code, answered, , payload] = await max.next();
    expect([code, answered]).toEqual([50, id]);
    return (payload as unknown[] | undefined)?.[0];
  };
  const refused = async (uri: string, procedure: string, args?: unknown[], kwargs?: object): Promise<void> =>
    expectError(max, 48, send(procedure, args, kwargs), uri);
  return { router, joe, ann, max, joeId, annId, maxId, ask, refused };
}

const goodbye = (client: ScriptedPeer, reason: string, message?: string): Promise<void> =>
  client.expect(GOODBYE(message === undefined ? {} : { message }, reason));

describe('the meta API for sessions', () => {
  test('[R60] counts and lists sessions, all or with some roles', async () => {
    const { ask, joeId, annId, maxId } = await house();
    expect(await ask('wamp.session.count')).toBe(3);
    expect(await ask('wamp.session.count', [['user']])).toBe(2);
    expect(await ask('wamp.session.count', [null])).toBe(3);
    expect(await ask('wamp.session.list')).toEqual([joeId, annId, maxId]);
    expect(await ask('wamp.session.list', [['admin', 'nobody']])).toEqual([maxId]);
    expect(await ask('wamp.session.list', [[]])).toEqual([]);
  });

  test('[R60] describes a session by a fixed list of fields', async () => {
    const { ask, refused, joeId } = await house();
    const joe = { session: joeId, authid: 'joe', authrole: 'user', authmethod: 'internal', authprovider: 'internal' };
    expect(await ask('wamp.session.get', [joeId])).toEqual(joe);
    await refused('wamp.error.no_such_session', 'wamp.session.get', [1]);
  });

  test.each([
    ['wamp.session.count', ['user']],
    ['wamp.session.list', [7]],
    ['wamp.session.list', [['user', 7]]],
    ['wamp.session.get', []],
    ['wamp.session.get', ['1']],
    ['wamp.session.kill', [{}]],
    ['wamp.session.kill_by_authid', [null]],
    ['wamp.session.kill_by_authrole', []],
  ])('[R60] refuses %s with %j', async (procedure, args) => {
    await (await house()).refused('wamp.error.invalid_argument', procedure, args);
  });

  test('[R40] cannot be replaced by a pattern', async () => {
    const { joe, ask, refused } = await house();
    joe.send(REGISTER(1, { match: 'prefix' }, ''), REGISTER(2, { match: 'wildcard' }, '..'));
    await joe.next();
    await joe.next();
    expect(await ask('wamp.session.count')).toBe(3);
    await refused('wamp.error.no_such_procedure', 'wamp.session.whatever');
    await expectUnread(joe);
  });

  test('[R11] sees only its own realm', async () => {
    const { router, ask } = await house();
    await joinedClient(router, 'realm2');
    expect(await ask('wamp.session.count')).toBe(3);
  });
});

describe('killing by the meta API', () => {
  test('[R60] ends one session, with the given reason and message', async () => {
    const { ask, joe, ann, joeId, annId } = await house();
    expect(await ask('wamp.session.kill', [joeId], { reason: 'com.example.enough', message: 'go' })).toBeUndefined();
    await goodbye(joe, 'com.example.enough', 'go');
    await ask('wamp.session.kill', [annId]);
    await goodbye(ann, 'wamp.close.killed');
    expect(await ask('wamp.session.count')).toBe(1);
  });

  test('[R60] refuses the own session, an unknown one, and an invalid reason', async () => {
    const { refused, ask, joeId, maxId } = await house();
    await refused('wamp.error.no_such_session', 'wamp.session.kill', [maxId]);
    await refused('wamp.error.no_such_session', 'wamp.session.kill', [1]);
    await refused('wamp.error.invalid_uri', 'wamp.session.kill', [joeId], { reason: 'not a uri' });
    await refused('wamp.error.invalid_argument', 'wamp.session.kill', [joeId], { message: 7 });
    expect(await ask('wamp.session.count')).toBe(3);
  });

  test('[R60] ends sessions by authid, by authrole or all, but never the caller’s', async () => {
    const { router, ask, joe, ann, annId } = await house();
    expect(await ask('wamp.session.kill_by_authid', ['ann'])).toEqual([annId]);
    await goodbye(ann, 'wamp.close.killed');
    expect(await ask('wamp.session.kill_by_authrole', ['user'], { reason: 'com.example.enough' })).toBe(1);
    await goodbye(joe, 'com.example.enough');
    expect(await ask('wamp.session.kill_by_authrole', ['admin'])).toBe(0);
    const late = await joinedClient(router);
    expect(await ask('wamp.session.kill_all')).toBe(1);
    await goodbye(late, 'wamp.close.killed');
  });

  test('[R45] [R60] ends a callee’s calls as usual', async () => {
    const { joe, ann, ask, joeId } = await house();
    await register(joe, 'com.example.slow');
    ann.send(CALL(1, {}, 'com.example.slow'));
    await joe.next();
    await ask('wamp.session.kill', [joeId]);
    await expectError(ann, 48, 1, 'wamp.error.canceled');
  });
});

test('[R60] [R07] sessions that join and leave cause events, except with kill_all', async () => {
  const router = new Router({ realms: { realm1: 'open' } });
  onTestFinished(() => void router.close());
  const watcher = await joinedClient(router);
  const joins = await subscribe(watcher, 'wamp.session.on_join', 1);
  const leaves = await subscribe(watcher, 'wamp.session.on_leave', 2);
  const joe = await joinedClient(router.as({ authid: 'joe', authrole: 'user' }));
  const id = router.sessions[1]?.id;
  const about = { session: id, authid: 'joe', authrole: 'user', authmethod: 'internal', authprovider: 'internal' };
  await watcher.expect(EVENT(joins, expect.any(Number), {}, [about]));
  joe.close();
  await watcher.expect(EVENT(leaves, expect.any(Number), {}, [id, 'joe', 'user']));
  await joinedClient(router);
  await watcher.next();
  watcher.send(CALL(3, {}, 'wamp.session.kill_all'));
  await watcher.expect(RESULT(3, {}, [1]));
  await expectUnread(watcher);
  watcher.send(PUBLISH(4, { acknowledge: true }, 'wamp.session.on_join'));
  await expectError(watcher, 16, 4, 'wamp.error.invalid_uri');
});
