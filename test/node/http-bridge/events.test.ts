/* Events as server-sent events: subscriptions, Last-Event-ID, ends. */
import type { RouterConfig } from 'autostrada/router';
import { describe, expect, test } from 'vitest';
import { ask, asked, basic, bridging, open, Stream } from './bridge.ts';

const GET = { method: 'GET' };
const subscribed = (router: { stats(): { readonly subscriptions: number } }, count: number) =>
  expect.poll(() => router.stats().subscriptions).toBe(count);

describe('[K6] GET /events/<topic>', () => {
  test('gives each event with its publication, topic and payload', async () => {
    const { port, service } = await bridging();
    const response = await open(port, '/events/com.example.news', GET);
    expect([response.statusCode, response.headers['content-type']]).toEqual([200, 'text/event-stream']);
    const stream = new Stream(response);
    const { id } = await service.publish('com.example.news', ['it works'], null, { acknowledge: true });
    expect(await stream.event()).toEqual(['com.example.news', 'it works', id]);
    await service.publish('com.example.news', [1, 2], { a: 3 }, { acknowledge: true });
    await service.publish('com.example.news', null, null, { acknowledge: true });
    expect((await stream.event()).slice(0, 2)).toEqual(['com.example.news', { args: [1, 2], kwargs: { a: 3 } }]);
    expect((await stream.event()).slice(0, 2)).toEqual(['com.example.news', null]);
  });

  test('matches by prefix and by wildcard, and says which topic it was', async () => {
    const { port, service } = await bridging();
    const prefix = await Stream.of(port, '/events/com.example.?match=prefix&form=full', GET);
    const wildcard = await Stream.of(port, '/events/com..news?match=wildcard', GET);
    await service.publish('com.example.news', [1], null, { acknowledge: true });
    expect((await prefix.event()).slice(0, 2)).toEqual(['com.example.news', { args: [1], kwargs: {} }]);
    expect((await wildcard.event()).slice(0, 2)).toEqual(['com.example.news', 1]);
  });

  test('gives retained events first', async () => {
    const { port, service } = await bridging();
    await service.publish('com.example.state', ['old'], null, { acknowledge: true, retain: true });
    const stream = await Stream.of(port, '/events/com.example.state', GET);
    const without = await Stream.of(port, '/events/com.example.state?get_retained=false', GET);
    await service.publish('com.example.state', ['new'], null, { acknowledge: true });
    expect([(await stream.event())[1], (await stream.event())[1], (await without.event())[1]]).toEqual(['old', 'new', 'new']);
  });

  test('puts a payload with line breaks on one line', async () => {
    const { port } = await bridging();
    const stream = await Stream.of(port, '/events/com.example.news', GET);
    await ask(port, '/publish/com.example.news', { body: '[{\r\n  "a": "x\\ny"\n}]' });
    expect((await stream.event())[1]).toEqual({ a: 'x\ny' });
  });

  test('sends comments while nothing happens', async () => {
    const { port } = await bridging({ http: { heartbeatMs: 10 } });
    const stream = await Stream.of(port, '/events/com.example.news', GET);
    expect([await stream.next(), await stream.next()]).toEqual([':', ':']);
  });

  test('leaves nothing behind when the client goes', async () => {
    const { port, router } = await bridging();
    const stream = await Stream.of(port, '/events/com.example.news', GET);
    await subscribed(router, 1);
    stream.close();
    await subscribed(router, 0);
    await expect.poll(() => router.sessions.filter(({ transport }) => transport.kind === 'http')).toEqual([]);
  });

  test.each([
    ['/events/a..b', 400],
    ['/events/', 400],
    ['/events/a?match=fuzzy', 400],
    ['/events/a?acknowledge', 400],
  ])('answers %s with %i', async (path, status) => {
    const { port } = await bridging();
    expect(await asked(port, path, GET)).toMatchObject([status, { status }]);
  });

  test.each(['x', '-1', '0', '99999999999999999999'])('answers Last-Event-ID %s with 400', async (id) => {
    const { port } = await bridging();
    expect((await ask(port, '/events/a', { ...GET, headers: { 'last-event-id': id } })).status).toBe(400);
  });

  test('keeps apart what each may see, and ends when the session is ended', async () => {
    const config: RouterConfig = {
      realms: {
        realm1: {
          anonymous: 'guest',
          authroles: {
            guest: { permissions: [] },
            user: { permissions: [{ uri: 'com.example.{authid}.', match: 'prefix', allow: ['subscribe'] }] },
            service: { permissions: [{ uri: '', match: 'prefix', allow: ['publish'] }] },
          },
          users: { joe: { authrole: 'user', ticket: 'secret' } },
        },
      },
    };
    const { port, service, router } = await bridging({ config });
    const headers = basic('joe', 'secret');
    expect((await ask(port, '/events/com.example.joe.news', GET)).status).toBe(401);
    expect((await ask(port, '/events/com.example.jane.news', { ...GET, headers })).status).toBe(403);
    const stream = await Stream.of(port, '/events/com.example.joe.news', { ...GET, headers });
    await service.publish('com.example.joe.news', [1], null, { acknowledge: true });
    expect((await stream.event())[1]).toBe(1);
    for (const { id, authid } of router.sessions) if (authid === 'joe') router.kill(id, 'com.example.out', 'no more');
    expect([await stream.next(), await stream.next()]).toEqual([': no more', undefined]);
  });

  test('ends when the subscription is taken away', async () => {
    const { port, router, service } = await bridging();
    const stream = await Stream.of(port, '/events/com.example.news', GET);
    const id = await service.call<number>('wamp.subscription.lookup', ['com.example.news']);
    for (const { id: session, transport } of router.sessions) if (transport.kind === 'http') router.revokeSubscription(id, session);
    expect([await stream.next(), await stream.next()]).toEqual([': the router has taken the subscription away', undefined]);
  });

  test.each(['listener', 'router'] as const)('ends when the %s closes', async (what) => {
    const { port, router, listener } = await bridging();
    const stream = await Stream.of(port, '/events/com.example.news', GET);
    await (what === 'router' ? router : listener).close();
    expect([await stream.next(), await stream.next()]).toEqual([expect.stringMatching(/^: /), undefined]);
  });
});

describe('[K6] Last-Event-ID', () => {
  const history = (limit: number): RouterConfig => ({
    realms: {
      realm1: {
        anonymous: 'user',
        authroles: {
          user: { permissions: [{ uri: '', match: 'prefix', allow: ['subscribe', 'publish', 'call'] }] },
          service: { permissions: [{ uri: '', match: 'prefix', allow: ['publish'] }] },
        },
        history: [{ uri: 'com.example.', match: 'prefix', limit }],
      },
    },
    limits: { maxMessageBytes: 4096 },
  });
  const path = '/events/com.example.?match=prefix';

  test('brings what was missed, over several pages, and nothing twice', async () => {
    const { port, service } = await bridging({ config: history(1000) });
    const ids: number[] = [];
    const publish = async (i: number): Promise<void> => {
      const { id } = await service.publish(`com.example.n${i % 3}`, [i, 'x'.repeat(100)], null, { acknowledge: true });
      ids.push(id);
    };
    for (let i = 0; i < 100; i++) await publish(i);
    const stream = await Stream.of(port, path, { ...GET, headers: { 'last-event-id': String(ids[9]) } });
    for (let i = 100; i < 150; i++) await publish(i);
    const seen: number[] = [];
    while (seen.length < 140) {
      const [name, data, id] = await stream.event();
      expect(name).toBe(`com.example.n${ids.indexOf(id) % 3}`);
      expect(Object(data).args[0]).toBe(ids.indexOf(id));
      seen.push(id);
    }
    expect(seen).toEqual(ids.slice(10));
  });

  test('while others publish there is no gap and no repetition', async () => {
    const { port, service } = await bridging({ config: history(10_000) });
    const ids: number[] = [];
    let isOver = false;
    const publishing = (async () => {
      // No more than the history keeps: a slow machine reads its 200 events while thousands are published.
      while (!isOver && ids.length < 9_000)
        ids.push((await service.publish('com.example.x', [ids.length], null, { acknowledge: true })).id);
    })();
    let last: number | undefined;
    const seen: number[] = [];
    for (let round = 0; round < 20; round++) {
      const headers: { [name: string]: string } = last === undefined ? {} : { 'last-event-id': String(last) };
      const stream = await Stream.of(port, path, { ...GET, headers });
      for (let i = 0; i < 10; i++) {
        const [, , id] = await stream.event();
        seen.push(id);
        last = id;
      }
      stream.close();
    }
    isOver = true;
    await publishing;
    const begin = ids.indexOf(seen[0] ?? 0);
    expect(seen).toEqual(ids.slice(begin, begin + 200));
  });

  test('says that events may be missing if the history does not go back so far', async () => {
    const { port, service } = await bridging({ config: history(2) });
    const ids: number[] = [];
    for (let i = 0; i < 5; i++) ids.push((await service.publish('com.example.x', [i], null, { acknowledge: true })).id);
    const stream = await Stream.of(port, path, { ...GET, headers: { 'last-event-id': String(ids[0]) } });
    expect(await stream.next()).toBe(': the history does not go back so far: events may be missing');
    expect([(await stream.event())[1], (await stream.event())[1]]).toEqual([3, 4]);
  });

  test('without a history the stream goes on with what comes, and with a retained event that was not seen', async () => {
    const { port, service } = await bridging();
    const { id } = await service.publish('com.example.x', ['seen'], null, { acknowledge: true, retain: true });
    const missing = ': no history of this topic is kept, or this user may not read it: events may be missing';
    const stream = await Stream.of(port, '/events/com.example.x', { ...GET, headers: { 'last-event-id': String(id) } });
    expect(await stream.next()).toBe(missing);
    await service.publish('com.example.x', ['new'], null, { acknowledge: true });
    expect((await stream.event())[1]).toBe('new');
    const other = await Stream.of(port, '/events/com.example.x', { ...GET, headers: { 'last-event-id': '5' } });
    expect(await other.next()).toBe(missing);
    expect((await other.event())[1]).toBe('seen');
  });
});
