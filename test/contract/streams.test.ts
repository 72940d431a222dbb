import { callStream, drain, events, nextEvent } from 'autostrada';
import { expect, it } from 'vitest';
import { overMatrix } from '../fixtures/matrix.ts';
import { failure } from '../fixtures/scripted-session.ts';

overMatrix('streams', (bench) => {
  it('[N9] a stream gives events in order, and unsubscribes when the loop is left', async () => {
    const [ann, joe] = [bench.connect(), bench.connect()];
    const stream = events<[number], { text?: string }>(ann, 'com.test.news', { match: 'prefix' });
    await stream.ready;
    await joe.open();
    for (let n = 0; n < 20; n++) joe.publish('com.test.news.local', [n], { text: 'ä' });
    await joe.publish('com.test.news.local', [20], null, { acknowledge: true });
    const got: number[] = [];
    for await (const { args, kwargs, details } of stream) {
      expect(details.topic).toBe('com.test.news.local');
      if (args[0] < 20) expect(kwargs.text).toBe('ä');
      got.push(args[0]);
      if (args[0] === 20) break;
    }
    expect(got).toEqual([...Array(21).keys()]);
    await expect.poll(() => bench.router.stats().subscriptions).toBe(0);
  });

  it('[N9] a stream throws why the session ended; that of a connection continues', async () => {
    const [ann, joe] = [bench.connect({ retry: { minMs: 1, maxMs: 1 } }), bench.connect()];
    ann.on('status', () => {});
    const session = await ann.open();
    const [ofSession, ofConnection] = [events(session, 'com.test.news'), events<[number]>(ann, 'com.test.news')];
    await Promise.all([ofSession.ready, ofConnection.ready]);
    bench.router.kill(session.id);
    expect((await failure(ofSession.next())).uri).toBe('wamp.close.killed');
    await expect.poll(() => ann.session?.subscriptions.length).toBe(1);
    await joe.publish('com.test.news', [1], null, { acknowledge: true });
    expect((await ofConnection.next()).value?.args).toEqual([1]);
  });

  it('[N9] nextEvent waits for the next event', async () => {
    const [ann, joe] = [bench.connect(), bench.connect()];
    const next = nextEvent<[string]>(ann, 'com.test.news');
    await expect.poll(() => bench.router.stats().subscriptions).toBe(1);
    await joe.publish('com.test.news', ['hello'], null, { acknowledge: true });
    expect((await next).args).toEqual(['hello']);
    await expect.poll(() => bench.router.stats().subscriptions).toBe(0);
  });

  it('[N9] [C43] callStream gives the progress of a call, and its result', async () => {
    const [service, client] = [bench.connect(), bench.connect()];
    await service.register('com.test.count', async function* ([to]: [number]) {
      for (let n = 1; n <= to; n++) yield n;
      return 'done';
    }).ready;
    const stream = callStream<number, string>(client, 'com.test.count', [250]);
    const got: number[] = [];
    for await (const n of stream) got.push(n);
    expect([got, await stream.result]).toEqual([[...Array(250).keys()].map((n) => n + 1), 'done']);
  });

  it('[N9] [C42] callStream cancels when the loop is left: the generator runs its finally', async () => {
    const [service, client] = [bench.connect(), bench.connect()];
    let isOver = false;
    await service.register('com.test.count', async function* () {
      try {
        for (let n = 1; ; n++) {
          yield n;
          await new Promise((resolve) => setTimeout(resolve)); // without it, it is a flood, and this process is all three parties
        }
      } finally {
        isOver = true;
      }
    }).ready;
    const stream = callStream(client, 'com.test.count');
    for await (const n of stream) if (n === 3) break;
    expect((await failure(stream.result)).uri).toBe('wamp.error.canceled');
    await expect.poll(() => isOver).toBe(true);
    await expect.poll(() => bench.router.stats().calls).toBe(0);
  });

  it('[N8] drain lets running calls finish, refuses new ones, and then closes', async () => {
    const [service, client] = [bench.connect(), bench.connect()];
    let answer: (value: string) => void = () => {};
    await service.register('com.test.work', () => new Promise<string>((resolve) => (answer = resolve))).ready;
    const running = client.call('com.test.work');
    await expect.poll(() => bench.router.stats().calls).toBe(1);
    const drained = drain(service, { timeoutMs: 5000 });
    await expect.poll(() => bench.router.stats().registrations).toBe(0);
    expect((await failure(client.call('com.test.work'))).uri).toBe('wamp.error.no_such_procedure');
    answer('done');
    expect([await running, (await drained).interrupted, service.status.state]).toEqual(['done', false, 'closed']);
  });
});
