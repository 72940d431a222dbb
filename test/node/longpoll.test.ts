/* Long-poll at the listener, request by request: how it is opened, and what goes in and out. Its ends: longpoll-ends.test.ts. */
import { json } from 'autostrada';
import { msgpack } from 'autostrada/msgpack';
import { listen } from 'autostrada/node';
import { Router } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Code, SUBSCRIBE } from '../fixtures/messages.ts';
import { listening, rawSession } from './listening.ts';
import { HELLO, post, Raw, started } from './raw-longpoll.ts';

describe('[R82] open', () => {
  test('answers with the protocol and a transport, as JSON that may not be cached', async () => {
    const { router, listener } = await listening();
    const { status, type, headers, body } = await post(listener.port, '/lp/open?x=1', '{"protocols":["wamp.2.json"]}');
    expect([status, type, headers['cache-control']]).toEqual([200, 'application/json; charset=utf-8', 'no-store']);
    const { protocol, transport } = JSON.parse(body);
    expect([protocol, transport]).toEqual(['wamp.2.json', expect.stringMatching(/^[\w-]{24}$/)]);
    const raw = new Raw(listener.port, `/lp/${transport}`);
    await raw.send(HELLO);
    expect(router.sessions).toMatchObject([
      { transport: { kind: 'longpoll', peer: expect.stringMatching(/^127\.0\.0\.1:\d+$/), isSecure: false } },
    ]);
  });

  test('gives ids that cannot be guessed from one another', async () => {
    const { listener } = await listening();
    const ids = await Promise.all(Array.from({ length: 20 }, async () => (await Raw.open(listener.port)).base));
    expect(new Set(ids.map((id) => id.slice(0, 12))).size).toBe(20);
  });

  test.each([
    [['wamp.2.msgpack', 'wamp.2.json'], 'wamp.2.msgpack'],
    [['wamp.2.ubjson', 'wamp.2.json'], 'wamp.2.json'],
    [['wamp.2.json.batched'], 'wamp.2.json.batched'],
    [['wamp.2.json.batched', 'wamp.2.json'], 'wamp.2.json.batched'],
    [['wamp.2.json', 'wamp.2.msgpack.batched', 'wamp.2.json.batched'], 'wamp.2.json.batched'],
  ])('with %j chooses the first that exists, in batches if they are offered: %s', async (protocols, chosen) => {
    const { listener } = await listening();
    expect(JSON.parse((await post(listener.port, '/lp/open', JSON.stringify({ protocols }))).body).protocol).toBe(chosen);
  });

  test.each(['', 'nonsense', '[]', '{}', 'null', '7', '{"protocols":"wamp.2.json"}', '{"protocols":{"0":"wamp.2.json"}}'])(
    'answers the body %j with 400, and says what it expects',
    async (body) => {
      const { listener } = await listening();
      expect(await post(listener.port, '/lp/open', body)).toMatchObject({
        status: 400,
        type: 'text/plain; charset=utf-8',
        body: expect.stringContaining('expected {"protocols":["wamp.2.json"'),
      });
    },
  );

  test('answers unknown protocols with 400, with both lists', async () => {
    const { listener } = await listening({ serializers: [json()] });
    const { status, body } = await post(listener.port, '/lp/open', '{"protocols":["wamp.2.cbor",null]}');
    expect(status).toBe(400);
    expect(body).toBe('no common subprotocol: offered wamp.2.cbor, null, supported wamp.2.json, wamp.2.json.batched');
  });

  test('answers an endless body with 413', async () => {
    const { listener } = await listening();
    expect((await post(listener.port, '/lp/open', ' '.repeat(20_000))).status).toBe(413);
  });
});

describe('[R82] receive', () => {
  test('brings one message at a time when unbatched', async () => {
    const { listener } = await listening();
    const raw = await Raw.session(listener.port);
    await raw.send('[32,1,{},"a.b"]');
    await raw.send('[32,2,{},"a.c"]');
    const [first, second] = [await raw.receive(), await raw.receive()];
    expect([first.body, second.body].map((body) => body.slice(0, 5))).toEqual(['[33,1', '[33,2']);
    expect([first.status, first.type]).toEqual([200, 'application/json; charset=utf-8']);
  });

  test('brings all that waits when batched', async () => {
    const { listener } = await listening();
    const raw = await Raw.session(listener.port, 'wamp.2.json.batched');
    expect((await raw.send('[32,1,{},"a.b"]\x1e[32,2,{},"a.c"]\x1e')).status).toBe(204);
    expect((await raw.receive()).body.split('\x1e').map((message) => message.slice(0, 5))).toEqual(['[33,1', '[33,2', '']);
  });

  test('is pending until something comes', async () => {
    const { router, listener } = await listening();
    const raw = await Raw.session(listener.port);
    const { answer } = await raw.hold();
    const [session] = router.sessions;
    router.kill(session?.id ?? 0, 'wamp.close.killed', 'bye');
    expect((await answer).body).toBe('[6,{"message":"bye"},"wamp.close.killed"]');
  });

  test('uses bytes if that was agreed on', async () => {
    const { listener } = await listening();
    const { encode, decode } = msgpack();
    const raw = await Raw.open(listener.port, 'wamp.2.msgpack');
    await raw.send(encode(JSON.parse(HELLO)) as Uint8Array);
    const { type, body } = await raw.receive();
    expect(type).toBe('application/x-msgpack');
    expect(decode(Buffer.from(body, 'latin1'))[0]).toBe(Code.WELCOME);
  });

  test('ends empty when a second one comes', async () => {
    const { listener } = await listening();
    const raw = await Raw.session(listener.port);
    const polls = [raw.receive(), raw.receive()];
    const finished = await Promise.race(polls); // whichever came first
    expect([finished.status, finished.body]).toEqual([204, '']);
    await raw.send('[32,1,{},"a.b"]');
    const bodies = (await Promise.all(polls)).map(({ body }) => body.slice(0, 5));
    expect(bodies.sort()).toEqual(['', '[33,1']);
  });

  test('loses no message if it is cancelled', async () => {
    const { listener } = await listening();
    const raw = await Raw.session(listener.port);
    const { request, answer } = started(listener.port, `${raw.base}/receive`, 'POST', (request) => request.end());
    answer.catch(() => {});
    await new Promise((resolve) => request.once('finish', resolve));
    request.destroy();
    await new Promise((resolve) => request.once('close', resolve));
    // A request on the same server that comes after the hang-up has been seen.
    await expect.poll(async () => (await post(listener.port, '/lp/x/receive')).status).toBe(404);
    await raw.send('[32,1,{},"a.b"]');
    expect((await raw.receive()).body).toMatch(/^\[33,1/);
  });
});

describe('[R82] send', () => {
  test('keeps the order in which requests arrive, even if bodies come slowly', async () => {
    const { listener } = await listening();
    const raw = await Raw.session(listener.port);
    const path = `${raw.base}/send`;
    const late = started(listener.port, path, 'POST', (request) => request.write('[32,1,{},'));
    await new Promise((resolve) => setTimeout(resolve, 50)); // arrived: nothing else shows it
    const others = ['[32,2,{},"a.b"]', '[32,3,{},"a.c"]'].map((body) => raw.send(body));
    await new Promise((resolve) => setTimeout(resolve, 50));
    late.request.end('"a.a"]');
    expect((await Promise.all([late.answer, ...others])).map(({ status }) => status)).toEqual([204, 204, 204]);
    const answers = [(await raw.receive()).body, (await raw.receive()).body, (await raw.receive()).body];
    expect(answers.map((body) => body.slice(0, 5))).toEqual(['[33,1', '[33,2', '[33,3']);
  });

  test('continues after a client breaks off a request', async () => {
    const { listener } = await listening();
    const raw = await Raw.session(listener.port);
    const late = started(listener.port, `${raw.base}/send`, 'POST', (request) => request.write('[32,1,{},'));
    late.answer.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 50));
    const next = raw.send('[32,1,{},"a.b"]');
    late.request.destroy();
    expect((await next).status).toBe(204);
    expect((await raw.receive()).body).toMatch(/^\[33,1/);
  });

  test.each([
    ['wamp.2.json', '', 'expected a message, got nothing'],
    ['wamp.2.json', Buffer.from([0x5b, 0xff, 0x5d]), 'expected UTF-8'],
    ['wamp.2.json.batched', '', 'expected a batch of messages, got an empty one'],
    ['wamp.2.json.batched', '[1', 'expected a separator (U+001E) at the end of a batch, got none'],
    ['wamp.2.msgpack.batched', Buffer.from([0, 0, 0, 9, 1]), 'expected a message of 9 bytes in a batch, got 1'],
  ])('in %s answers nonsense with 400, and the transport ends', async (protocol, body, text) => {
    const { router, listener } = await listening();
    const other = await rawSession(listener.url);
    const raw = await Raw.open(listener.port, protocol);
    expect(await raw.send(body)).toMatchObject({ status: 400, type: 'text/plain; charset=utf-8', body: text });
    expect((await raw.receive()).status).toBe(404);
    other.send(SUBSCRIBE(1, {}, 'a.b'));
    expect((await other.next())[0]).toBe(Code.SUBSCRIBED);
    expect(router.sessions).toHaveLength(1);
  });

  test('[R10] accepts a message that is not WAMP, and answers it with ABORT', async () => {
    const { router, listener } = await listening();
    const raw = await Raw.session(listener.port);
    expect((await raw.send('[99]')).status).toBe(204);
    expect((await raw.receive()).body).toMatch(/^\[3,.*"wamp.error.protocol_violation"\]$/);
    await expect.poll(() => router.sessions).toEqual([]);
    expect((await raw.receive()).status).toBe(404);
  });

  test('[R84] answers more than maxMessageBytes with 413, and the session ends', async () => {
    const { router, listener } = await listening({}, { maxMessageBytes: 1000 });
    const raw = await Raw.session(listener.port);
    const publish = (id: number, size: number) => `[16,${id},{"acknowledge":true},"a.b",["${'x'.repeat(size)}"]]`;
    expect((await raw.send(publish(1, 900))).status).toBe(204);
    expect(await raw.send(publish(2, 1000))).toMatchObject({ status: 413, body: 'expected at most 1000 bytes' });
    await expect.poll(() => router.sessions).toEqual([]);
    const batched = await Raw.session(listener.port, 'wamp.2.json.batched');
    expect((await batched.send(`${publish(1, 900)}\x1e${publish(2, 900)}\x1e`)).status).toBe(204);
    expect((await batched.send(`${publish(3, 1000)}\x1e`)).status).toBe(413);
    const another = await Raw.session(listener.port, 'wamp.2.json.batched');
    expect((await another.send(`${publish(1, 900)}\x1e`.repeat(5))).body).toBe('expected at most 2000 bytes');
  });
});

test('[R82] [R62] while a message waits for an authorizer, no more messages are read, and their sender waits for the answer', async () => {
  const decisions: ((answer: boolean) => void)[] = [];
  const authorize = (): Promise<boolean> => new Promise((resolve) => decisions.push(resolve));
  const router = new Router(
    { realms: { realm1: { anonymous: 'guest', authroles: { guest: { permissions: [] } } } } },
    { authorize },
  );
  const listener = await listen(router, { port: 0 });
  onTestFinished(async () => {
    await listener.close();
    await router.close();
  });
  const raw = await Raw.session(listener.port);
  await raw.send('[32,1,{},"a.b"]');
  expect(decisions).toHaveLength(1);
  let isAnswered = false;
  const second = raw.send('[32,2,{},"a.c"]').finally(() => {
    isAnswered = true;
  });
  const { messagesIn } = router.stats();
  await post(listener.port, '/lp/nobody/receive'); // a request that came later is answered
  expect([isAnswered, router.stats().messagesIn]).toEqual([false, messagesIn]);
  decisions[0]?.(true);
  expect((await second).status).toBe(204);
  expect((await raw.receive()).body).toMatch(/^\[33,1,/);
  // One that waits when the line ends is answered, too.
  const last = raw.send('[32,3,{},"a.d"]');
  await post(listener.port, `${raw.base}/close`);
  expect((await last).status).toBe(404);
});
