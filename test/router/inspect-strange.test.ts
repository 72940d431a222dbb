/* `router.inspect` beside what clients rarely do, played by hand: what is shown stays what the two sides got, and nothing of it is kept. */
import { Connection, ticket } from 'autostrada';
import { cbor } from 'autostrada/cbor';
import { msgpack } from 'autostrada/msgpack';
import type { Router, WatchFilter } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CALL, CANCEL, ERROR, INVOCATION, PUBLISH, REGISTER, SUBSCRIBE, YIELD } from '../fixtures/messages.ts';
import { joinedClient, type ScriptedPeer } from '../fixtures/scripted-peer.ts';
import { HUGE, join, type Opened, openRouter, register, roles, sendHuge, subscribe } from './open-router.ts';
import { SlowLine } from './slow-line.ts';
import { watching } from './watching.ts';

const add = 'com.example.add';

async function open(...given: Parameters<typeof openRouter>) {
  const opened = openRouter(...given);
  const [callee, caller] = [await able(opened.router), await able(opened.router)];
  return { ...opened, callee, caller, watch: (filter?: WatchFilter) => told(opened, filter) };
}

function able(router: Router, features: object = {}): Promise<ScriptedPeer> {
  const callee = { call_canceling: true, progressive_call_results: true, progressive_call_invocations: true, call_reroute: true };
  const caller = { call_canceling: true, progressive_call_results: true, progressive_call_invocations: true };
  return joinedClient(router, 'realm1', undefined, {
    ...roles,
    callee: { features: callee },
    caller: { features: caller },
    ...features,
  });
}

function told({ router, clock }: Opened, filter?: WatchFilter) {
  const watch = watching(router, filter);
  const later = async (ms = 100) => {
    await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(ms);
    return watch
      .rows()
      .map(({ kind, state, error, progress, says }) => ({ kind, state, error, progress, says: says.replaceAll(/\d{6,}/g, 'N') }));
  };
  return { ...watch, later };
}

/** How many rows the router keeps for a session. */
function kept(router: Router): number {
  let count = 0;
  for (const session of router.sessions) {
    const watched = Object(Reflect.get(session, 'watched'));
    count += (watched.asked?.size ?? 0) + (watched.answers?.size ?? 0);
  }
  return count;
}

describe('[M1] inspect shows a call once', () => {
  test('whose inputs come one after the other, also after its end', async () => {
    const { router, callee, caller, watch } = await open();
    await register(callee, add);
    const { later } = watch();
    caller.send(CALL(1, { progress: true }, add, [1]), CALL(1, { progress: true }, add, [2]));
    await callee.next();
    await callee.next();
    callee.send(YIELD(1, {}, ['early']));
    expect((await caller.next())[0]).toBe(50);
    caller.send(CALL(1, { progress: true }, add, [3]), CALL(1, {}, add, [4]));
    expect(await later()).toEqual([
      {
        kind: 'call',
        state: 'done',
        error: null,
        progress: 0,
        says: 'answered by anonymous (N)'.replace('anonymous', expectName(router)),
      },
    ]);
    expect(kept(router)).toBe(0);
  });

  test('if the watch begins after its first input: then not at all', async () => {
    const { router, callee, caller, watch } = await open();
    await register(callee, add);
    caller.send(CALL(1, { progress: true }, add, [1]));
    await callee.next();
    const { later } = watch();
    caller.send(CALL(1, {}, add, [2]));
    await callee.next();
    callee.send(YIELD(1, {}, [3]));
    await caller.next();
    expect(await later()).toEqual([]);
    expect(kept(router)).toBe(0);
  });

  test.each(['skip', 'kill', 'killnowait'] as const)('canceled with %s', async (mode) => {
    const { router, callee, caller, watch } = await open();
    await register(callee, add);
    const { later } = watch();
    caller.send(CALL(1, {}, add));
    await callee.next();
    expect(await later()).toMatchObject([{ state: 'waiting' }]);
    caller.send(CANCEL(1, { mode }));
    if (mode === 'kill') callee.send(ERROR(68, 1, {}, 'wamp.error.canceled', ['private']));
    expect((await caller.next())[0]).toBe(8);
    const says = mode === 'kill' ? /^wamp\.error\.canceled from \S+ \(N\)$/ : 'wamp.error.canceled: the call was canceled';
    expect(await later()).toEqual([
      expect.objectContaining({
        state: 'failed',
        error: 'wamp.error.canceled',
        says: mode === 'kill' ? expect.stringMatching(says) : says,
      }),
    ]);
    expect(kept(router)).toBe(0);
  });

  test('canceled by a caller that gets no answer, and may use the id again', async () => {
    const { router, callee, watch } = await open();
    // As Autobahn|JS.
    const caller = await able(router, {
      caller: { features: { call_canceling: true } },
      callee: { features: { progressive_call_results: true } },
    });
    await register(callee, add);
    const { later } = watch();
    caller.send(CALL(1, {}, add), CANCEL(1, {}));
    await callee.next();
    expect(await later()).toMatchObject([{ state: 'failed', says: 'wamp.error.canceled: the call was canceled' }]);
    expect(kept(router)).toBe(0);
    caller.send(CALL(1, {}, add));
    await callee.next();
    await callee.next();
    callee.send(YIELD(2, {}, [1]));
    await caller.next();
    expect(await later()).toMatchObject([{ state: 'failed' }, { state: 'done' }]);
  });

  test('that times out, or whose caller leaves, as the callee sees it', async () => {
    const { router, callee, caller, watch, clock } = await open();
    await register(callee, add);
    const { later } = watch({ session: router.sessions[0]?.id });
    caller.send(CALL(1, { timeout: 50 }, add), CALL(2, {}, add));
    await callee.next();
    await clock.advance(60);
    await caller.next();
    caller.close();
    expect(await later()).toMatchObject([
      { state: 'failed', error: 'wamp.error.timeout', says: 'wamp.error.timeout: no answer in time' },
      { state: 'failed', error: 'wamp.error.canceled', says: 'wamp.error.canceled: the caller has left' },
    ]);
    expect(kept(router)).toBe(0);
  });

  test('that waits for permission, and then for its callee', async () => {
    let decide: (is: boolean) => void = () => {};
    const authorize = () => new Promise<boolean>((resolve) => (decide = resolve));
    const config = {
      realms: {
        realm1: {
          anonymous: 'guest',
          authroles: { guest: { permissions: [{ uri: 'com.free.', match: 'prefix', allow: 'all' }] } },
        },
      },
    } as const;
    const { callee, caller, watch } = await open(config, { authorize });
    await register(callee, 'com.free.add');
    const { later } = watch();
    callee.send(REGISTER(2, {}, add));
    expect(await later()).toMatchObject([{ kind: 'register', state: 'waiting', says: 'no answer yet' }]);
    decide(true);
    await callee.next();
    caller.send(CALL(1, {}, add));
    expect((await later())[1]).toMatchObject({ state: 'waiting', says: 'no callee yet' });
    decide(true);
    await callee.next();
    expect((await later())[1]).toMatchObject({ state: 'waiting', says: expect.stringMatching(/^waits for /) });
    callee.send(YIELD(1, {}, [1]));
    await caller.next();
    expect((await later())[1]).toMatchObject({ state: 'done' });
  });

  test('with as many progressive results as the caller got', async () => {
    const { router, callee, caller, watch } = await open();
    await register(callee, add);
    const all = watch();
    const atCallee = watch({ session: router.sessions[0]?.id });
    caller.send(CALL(1, { receive_progress: true }, add), CALL(2, {}, add));
    await callee.next();
    await callee.next();
    callee.send(YIELD(1, { progress: true }, [1]));
    await caller.next();
    expect((await all.later())[0]).toMatchObject({ says: '1 progressive result so far' });
    callee.send(YIELD(1, { progress: true }, [2]), YIELD(2, { progress: true }, [1]), YIELD(2, {}, [2]));
    await caller.next();
    await caller.next();
    expect(await all.later()).toMatchObject([
      { progress: 2, says: '2 progressive results so far' },
      { progress: 0, state: 'done' },
    ]);
    expect(await atCallee.later()).toMatchObject([{ progress: 2 }, { progress: 0, state: 'done' }]);
    callee.send(YIELD(1, {}, ['end']));
    await caller.next();
  });

  test('whose answer the caller cannot read', async () => {
    const { router, callee, watch } = await open();
    await register(callee, add);
    const caller = await joinedClient(router, 'realm1', msgpack(), roles);
    const atCallee = watch({ session: router.sessions[0]?.id });
    caller.send(CALL(1, {}, add));
    await callee.next();
    sendHuge(callee, YIELD(1, {}, [HUGE]));
    expect((await caller.next())[0]).toBe(8);
    expect(await atCallee.later()).toMatchObject([{ state: 'failed', says: 'its payload could not be passed on' }]);
    atCallee.off();
    const [all, full] = [watch(), watch({ payloads: true })];
    caller.send(CALL(2, {}, add));
    await callee.next();
    sendHuge(callee, YIELD(2, {}, [HUGE]));
    await caller.next();
    // The text quotes the payload.
    expect(await all.later()).toMatchObject([{ state: 'failed', says: 'wamp.error.invalid_argument' }]);
    expect(await full.later()).toMatchObject([
      { says: expect.stringMatching(/^wamp\.error\.invalid_argument: expected an integer/) },
    ]);
    expect(kept(router)).toBe(0);
  });

  test('that goes to another callee, and not to those who want failures only', async () => {
    const { router, callee, caller, watch } = await open();
    const other = await able(router);
    callee.send(REGISTER(1, { invoke: 'first' }, add));
    await callee.next();
    other.send(REGISTER(1, { invoke: 'first' }, add));
    await other.next();
    const failures = watch({ failed: true });
    caller.send(CALL(1, {}, add));
    await callee.next();
    callee.send(ERROR(68, 1, {}, 'wamp.error.unavailable', []));
    await other.next();
    expect(await failures.later()).toEqual([]);
    other.send(YIELD(1, {}, [1]));
    await caller.next();
    expect(await failures.later()).toEqual([]);
  });

  test('of a client that uses an id again before the answer', async () => {
    const config = { realms: { realm1: { anonymous: 'guest', authroles: { guest: { permissions: [] } } } } } as const;
    const held = await open(config, { authorize: () => new Promise<boolean>((resolve) => setTimeout(() => resolve(true), 20)) });
    const { later } = held.watch();
    held.caller.send(SUBSCRIBE(1, {}, 'com.example.a'), SUBSCRIBE(1, {}, 'com.example.b'));
    await held.caller.next();
    await held.caller.next();
    expect(await later()).toMatchObject([{ state: 'done' }, { state: 'done' }]);
    expect(kept(held.router)).toBe(0);
  });
});

const expectName = (router: Router): string => router.sessions[0]?.authid ?? '';

describe('[M2] inspect', () => {
  test('shows the text of an ERROR of a callee, which is payload, only with payloads', async () => {
    const { router, callee, caller, watch } = await open();
    await register(callee, add);
    const [plain, full] = [watch(), watch({ payloads: true })];
    const [plainAtCallee, fullAtCallee] = [
      watch({ session: router.sessions[0]?.id }),
      watch({ session: router.sessions[0]?.id, payloads: true }),
    ];
    caller.send(CALL(1, {}, add, ['secret 1']));
    await callee.next();
    callee.send(ERROR(68, 1, {}, 'wamp.error.not_authorized', ['secret 2 of Ms. Meyer']));
    await caller.next();
    for (const watch of [full, fullAtCallee])
      expect(await watch.later()).toMatchObject([
        { says: expect.stringMatching(/^wamp\.error\.not_authorized from \S+ \(N\): secret 2 of Ms\. Meyer$/) },
      ]);
    for (const watch of [plain, plainAtCallee]) {
      expect(await watch.later()).toMatchObject([{ says: expect.stringMatching(/^wamp\.error\.not_authorized from \S+ \(N\)$/) }]);
      expect(JSON.stringify(watch.seen.states)).not.toContain('secret');
    }
    expect(full.rows()).toMatchObject([{ payload: '["secret 1"]', answer: '["secret 2 of Ms. Meyer"]' }]);
  });

  test('shows payloads to one who watches the callee, beside others who watch the caller without them', async () => {
    const { router, callee, caller, watch } = await open();
    await register(callee, add);
    watch();
    const full = watch({ session: router.sessions[0]?.id, payloads: true });
    caller.send(CALL(1, {}, add, [1]));
    await callee.next();
    callee.send(YIELD(1, {}, [2]));
    await caller.next();
    await full.later();
    expect(full.rows()).toMatchObject([{ payload: '[1]', answer: '[2]' }]);
  });

  test('never shows the text with which an authenticator fails', async () => {
    const config = {
      realms: {
        realm1: {
          anonymous: 'guest',
          authroles: { guest: { permissions: 'all' } },
          authenticator: 'com.example.login',
        },
      },
    } as const;
    const { router, callee, watch, clock } = await open(config);
    await register(callee, 'com.example.login');
    const watches = [watch({ payloads: true }), watch({ session: router.sessions[0]?.id, payloads: true })];
    const connection = new Connection({
      url: router,
      realm: 'realm1',
      retry: false,
      auth: ticket({ authid: 'joe', ticket: 'secret' }),
    });
    onTestFinished(() => connection.close());
    void connection.open().catch(() => {});
    await callee.next();
    callee.send(ERROR(68, 1, {}, 'com.example.error.wrong', ['secret is wrong']));
    await expect
      .poll(async () => {
        await clock.advance(100);
        return watches[1]?.rows();
      })
      .toContainEqual(expect.objectContaining({ state: 'failed' }));
    for (const { seen } of watches) expect(JSON.stringify(seen.states)).not.toContain('secret');
    expect(watches[1]?.says()).toContainEqual(expect.stringMatching(/^call: com\.example\.error\.wrong from /));
  });

  test('counts what there is no room for once, although both sides are watched', async () => {
    const { callee, caller, watch } = await open();
    await register(callee, add);
    const { later, rows, seen } = watch({ perSecond: 2 });
    for (let i = 1; i <= 5; i++) {
      caller.send(CALL(i, {}, add));
      await callee.next();
      callee.send(YIELD(i, {}, []));
      await caller.next();
    }
    await later();
    expect([rows().length, seen.skipped]).toEqual([2, 3]);
  });

  test('cuts names, and never within a character', async () => {
    const { callee, caller, watch } = await open();
    await register(callee, add);
    const { later, rows } = watch({ payloads: true });
    caller.send(
      PUBLISH(1, {}, `com.${'a'.repeat(100_000)}`),
      PUBLISH(2, {}, 'com.example.news', ['\u{1f600}'.repeat(5000)]),
      PUBLISH(3, {}, 'com.example.news', [`x${'\u{1f600}'.repeat(5000)}`]),
      PUBLISH(4, {}, 'com.example.\ud800news', ['\ud800']),
      CALL(5, {}, add),
    );
    await callee.next();
    callee.send(ERROR(68, 1, {}, `com.${'e'.repeat(100_000)}`, ['t'.repeat(100_000)]));
    await caller.next();
    await later();
    expect(rows().length).toBeGreaterThanOrEqual(4);
    const text = JSON.stringify(rows());
    expect(text.length).toBeLessThan(40_000);
    for (const { payload } of rows()) expect(payload ?? '').not.toMatch(/[\ud800-\udbff]…$/);
    for (const row of rows()) expect(() => cbor().encode([row])).not.toThrow();
  });

  test('comes in pieces that any router accepts, and leaves nothing out', async () => {
    const { caller, watch } = await open();
    const { later, rows, seen } = watch({ payloads: true });
    for (let i = 1; i <= 500; i++) caller.send(PUBLISH(i, {}, 'com.example.news', ['x'.repeat(3000)]));
    for (let i = 0; i < 40; i++) await later();
    expect([rows().length, seen.skipped]).toEqual([500, 0]);
    expect(Math.max(...seen.sizes)).toBeLessThan(200_000);
  });

  test('keeps nothing of watches that have ended during calls', async () => {
    const { router, callee, caller, clock } = await open();
    await register(callee, add);
    for (let i = 1; i <= 200; i++) {
      const off = router.inspect({ payloads: true }, () => {});
      caller.send(CALL(i, {}, add, [i]));
      await callee.next();
      off();
    }
    expect(router.sessions.map((session) => Reflect.get(session, 'watched'))).toEqual([undefined, undefined]);
    expect(clock.pending).toBe(0);
    for (let i = 1; i <= 200; i++) callee.send(YIELD(i, {}, [i]));
    for (let i = 1; i <= 200; i++) await caller.next();
  });

  test('shows an event for each subscription of a session, and one that waits behind retained ones once', async () => {
    const { router, caller, clock } = await open();
    const subscriber = await join(router);
    caller.send(PUBLISH(1, { retain: true, acknowledge: true }, 'com.example.kept', ['old']));
    await caller.next();
    const id = router.sessions[2]?.id;
    const { later, rows } = told({ router, clock, log: [] }, { session: id, kinds: ['event'], payloads: true });
    subscriber.send(SUBSCRIBE(1, { get_retained: true }, 'com.example.kept'), SUBSCRIBE(2, { match: 'prefix' }, 'com.example.'));
    caller.send(PUBLISH(2, {}, 'com.example.kept', ['new']));
    await later();
    const events = subscriber.unread.filter(([type]) => type === 36);
    expect(rows().map(({ payload }) => payload)).toEqual(events.map(([, , , , args]) => JSON.stringify(args)));
    expect(events).toHaveLength(3);
  });

  test('shows once what waits behind retained events: events, and progressive results', async () => {
    const { router, clock, callee, caller, watch } = await open({
      realms: { realm1: 'open' },
      limits: { maxMessageBytes: 10_000, maxQueuedBytes: 20_000 },
    });
    await register(callee, add);
    for (let i = 1; i <= 40; i++)
      caller.send(PUBLISH(i, { retain: true, acknowledge: i === 40 }, `com.kept.t${i}`, [i, 'x'.repeat(1000)]));
    await caller.next();
    const line = new SlowLine(router);
    await expect.poll(() => line.types).toEqual([2]);
    const { later, rows } = watch({ session: router.sessions[2]?.id, kinds: ['event', 'call'] });
    line.say(SUBSCRIBE(1, { match: 'prefix', get_retained: true }, 'com.kept.'));
    line.say(CALL(2, { receive_progress: true }, add));
    await callee.next();
    callee.send(YIELD(1, { progress: true }, [1]), YIELD(1, { progress: true }, [2]), YIELD(1, {}, ['end']));
    for (let i = 41; i <= 43; i++) caller.send(PUBLISH(i, {}, 'com.kept.new', [i]));
    await new Promise((resolve) => setImmediate(resolve));
    expect(line.events.length).toBeLessThan(40);
    await expect
      .poll(async () => {
        line.bufferedBytes = 0;
        await clock.advance(20);
        return line.events.length;
      })
      .toBe(43);
    await later();
    expect(rows().filter(({ kind }) => kind === 'event')).toHaveLength(43);
    expect(rows().filter(({ kind }) => kind === 'call')).toMatchObject([{ progress: 2, state: 'done' }]);
    line.close();
  });

  test('shows the testament of a session that is lost, and who gets it', async () => {
    const { router, callee, caller, watch } = await open();
    await subscribe(callee, 'com.example.last');
    caller.send(CALL(1, {}, 'wamp.session.add_testament', ['com.example.last', ['bye'], {}]));
    await caller.next();
    const { later } = watch();
    caller.close();
    expect(await later()).toMatchObject([{ kind: 'publish', says: 'for 1 session' }, { kind: 'leave' }]);
    expect(kept(router)).toBe(0);
  });

  test('watches the sessions of a realm that a reload adds, and loses those of one that it removes', async () => {
    const { router, clock } = openRouter({ realms: { realm1: 'open', realm2: 'open' } });
    const { later } = told({ router, clock, log: [] });
    const only = told({ router, clock, log: [] }, { realm: 'realm2' });
    const old = await joinedClient(router, 'realm2');
    await router.reload({ realms: { realm1: 'open', realm3: 'open' } });
    old.close();
    const added = await joinedClient(router, 'realm3');
    added.send(PUBLISH(1, {}, 'com.example.news'));
    await later();
    const rows = await later();
    expect(rows.map(({ kind }) => kind)).toEqual(['join', 'leave', 'join', 'publish']);
    expect((await only.later()).map(({ kind }) => kind)).toEqual(['join', 'leave']);
    await router.reload({ realms: { realm1: 'open', realm2: 'open', realm3: 'open' } });
    await joinedClient(router, 'realm2');
    expect((await only.later()).map(({ kind }) => kind)).toEqual(['join', 'leave', 'join']);
  });

  test('INVOCATION and payload of a session that calls itself are one row', async () => {
    const { callee, watch } = await open();
    await register(callee, add);
    const { later, rows } = watch({ payloads: true });
    callee.send(CALL(2, {}, add, [1]));
    const [type, id] = await callee.next();
    expect(type).toBe(INVOCATION(0, 0, {})[0]);
    callee.send(YIELD(Number(id), {}, [2]));
    await callee.next();
    await later();
    expect(rows()).toMatchObject([{ state: 'done', payload: '[1]', answer: '[2]' }]);
  });
});
