import { ApplicationError, Result } from 'autostrada';
import { expect, it } from 'vitest';
import { type Bench, overMatrix, overMixed } from '../fixtures/matrix.ts';
import { failure } from '../fixtures/scripted-session.ts';

const big = new Uint8Array(100_000).map((_, index) => index);

/** What the payload model holds, in every serializer, and what it becomes. */
const payloads: [string, unknown, unknown][] = [
  ['null', null, null],
  ['a boolean', true, true],
  ['a fraction', -1.5e-7, -1.5e-7],
  ['an integer above 2^32', 2 ** 40, 2 ** 40],
  ['2^53 and its negative', [2 ** 53, -(2 ** 53)], [2 ** 53, -(2 ** 53)]],
  ['text', 'ä 中 😀 \u0000 \n', 'ä 中 😀 \u0000 \n'],
  ['bytes', new Uint8Array([0, 1, 255]), new Uint8Array([0, 1, 255])],
  ['many bytes', { deep: [big] }, { deep: [big] }],
  ['undefined members and items', { a: undefined, b: [undefined] }, { b: [null] }],
  ['a Date', new Date(0), '1970-01-01T00:00:00.000Z'],
  ['what is not finite', [Number.NaN, Number.POSITIVE_INFINITY], [null, null]],
  ['dangerous keys', JSON.parse('{"__proto__":{"bad":1},"constructor":2}'), { constructor: 2 }],
];

function contract(bench: Bench): void {
  it('[R42] [C40] a session calls a procedure of another session, with args and kwargs', async () => {
    const [callee, caller] = [bench.connect(), bench.connect()];
    await callee.register('com.example.join', (args: string[], kwargs: { by: string }) => args.join(kwargs.by)).ready;
    expect(await caller.call('com.example.join', ['a', 'b'], { by: '-' })).toBe('a-b');
  });

  it('a session can call its own procedure', async () => {
    const connection = bench.connect();
    await connection.register('com.example.add', ([a, b]: [number, number]) => a + b).ready;
    expect(await connection.call<number>('com.example.add', [2, 3])).toBe(5);
  });

  it.each(payloads)('[C85] [R43] a call carries %s there and back', async (_, sent, received) => {
    const [callee, caller] = [bench.connect(), bench.connect()];
    const got: unknown[] = [];
    await callee.register('com.example.echo', ([value]: [unknown]) => {
      got.push(value);
      return value;
    }).ready;
    expect(await caller.call('com.example.echo', [sent])).toEqual(received);
    expect(got).toEqual([received]);
    expect(({} as { bad?: number }).bad).toBeUndefined();
  });

  it('[R44] a result can have several values, keywords, or nothing', async () => {
    const [callee, caller] = [bench.connect(), bench.connect()];
    await callee.register('com.example.two', () => new Result([1, 2], { three: 3 })).ready;
    await callee.register('com.example.none', () => undefined).ready;
    expect(await caller.call('com.example.two')).toEqual(new Result([1, 2], { three: 3 }));
    expect(await caller.call('com.example.none')).toBeUndefined();
    expect((await caller.callResult('com.example.none')).args).toEqual([]);
  });

  it('[R44] [C51] an error has its URI, args and kwargs', async () => {
    const [callee, caller] = [bench.connect(), bench.connect()];
    callee.on('error', () => {});
    await callee.register('com.example.refuse', () => {
      throw new ApplicationError('com.example.error.no', ['because'], { code: 5 });
    }).ready;
    await callee.register('com.example.break', async () => {
      throw new RangeError('off by one');
    }).ready;
    expect(await failure(caller.call('com.example.refuse'))).toMatchObject({
      name: 'ApplicationError',
      uri: 'com.example.error.no',
      args: ['because'],
      kwargs: { code: 5 },
    });
    expect(await failure(caller.call('com.example.break'))).toMatchObject({
      uri: 'wamp.error.runtime_error',
      args: ['off by one'],
    });
    expect(await failure(caller.call('com.example.nobody'))).toMatchObject({ uri: 'wamp.error.no_such_procedure' });
  });

  it('a call whose arguments or result cannot be sent fails alone', async () => {
    const [callee, caller] = [bench.connect(), bench.connect()];
    callee.on('error', () => {});
    await callee.register('com.example.bad', () => () => {}).ready;
    await callee.register('com.example.good', () => 'good').ready;
    const calls = [
      failure(caller.call('com.example.bad')),
      failure(caller.call('com.example.good', [Symbol('s')])),
      caller.call('com.example.good'),
    ];
    expect(await Promise.all(calls)).toMatchObject([{ uri: 'wamp.error.invalid_payload' }, { name: 'SerializationError' }, 'good']);
  });

  it('[R56] a callee is invoked in the order of the calls', async () => {
    const [callee, caller] = [bench.connect(), bench.connect()];
    const order: number[] = [];
    for (const name of ['one', 'two']) await callee.register(`com.example.${name}`, ([n]: [number]) => order.push(n)).ready;
    await Promise.all(Array.from({ length: 100 }, (_, n) => caller.call(`com.example.${n % 2 ? 'one' : 'two'}`, [n])));
    expect(order).toEqual(Array.from({ length: 100 }, (_, n) => n));
  });

  it('[R40] [R41] a procedure that is taken is refused until it is unregistered', async () => {
    const [one, two] = [bench.connect(), bench.connect()];
    const first = await one.register('com.example.mine', () => 1).ready;
    expect(await failure(two.register('com.example.mine', () => 2).ready)).toMatchObject({
      uri: 'wamp.error.procedure_already_exists',
    });
    await first.unregister();
    await two.register('com.example.mine', () => 2).ready;
    expect(await one.call('com.example.mine')).toBe(2);
  });

  it('[R45] the caller gets an error when the callee leaves during the call', async () => {
    const [callee, caller] = [bench.connect(), bench.connect()];
    const invoked = new Promise<void>((resolve) => {
      callee.register('com.example.slow', () => new Promise(() => resolve()));
    });
    await callee.open();
    await expect.poll(() => callee.handles[0]?.state).toBe('active');
    const call = failure(caller.call('com.example.slow'));
    await invoked;
    await callee.close();
    expect(await call).toMatchObject({ uri: 'wamp.error.canceled' });
  });

  it('[R11] calls stay within their realm', async () => {
    const [here, there] = [bench.connect(), bench.connect({ realm: 'realm2' })];
    await here.register('com.example.here', () => 1).ready;
    expect(await failure(there.call('com.example.here'))).toMatchObject({ uri: 'wamp.error.no_such_procedure' });
  });
}

overMatrix('calls', contract);

overMixed('calls', (_bench, pair) => {
  it.each(payloads)('[R83] a call carries %s there and back', async (_, sent, received) => {
    const [callee, caller] = pair();
    await callee.register('com.example.echo', ([value]: [unknown]) => value).ready;
    expect(await caller.call('com.example.echo', [sent])).toEqual(received);
  });
});
