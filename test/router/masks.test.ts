/* `masks` of a realm: what tools do not show of payloads. */
import { ApplicationError, Connection, type ConnectionOptions } from 'autostrada';
import { cbor } from 'autostrada/cbor';
import { msgpack } from 'autostrada/msgpack';
import { type MaskRule, Router } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { watching } from './watching.ts';

function open(masks: readonly MaskRule[] = []) {
  const realm = { anonymous: 'user', authroles: { user: { permissions: 'all' } }, masks } as const;
  const router = new Router({ realms: { shop: realm } }, { log: () => {} });
  onTestFinished(() => router.close());
  const connect = async (options: Partial<ConnectionOptions> = {}) => {
    const connection = new Connection({ url: router, realm: 'shop', retry: false, ...options });
    connection.on('error', () => {});
    onTestFinished(() => connection.close());
    await connection.open();
    return connection;
  };
  return { router, realm, connect, rows: watching(router, { payloads: true }).rows };
}

const secrets = {
  password: 'p1',
  newPassword: 'p2',
  'client-secret': 'p3',
  accessToken: { value: 'p4' },
  API_KEY: 'p5',
  nested: [{ deep: { Authorization: 'p6', pin: 1234 } }],
};
const masked = {
  password: '***',
  newPassword: '***',
  'client-secret': '***',
  accessToken: '***',
  API_KEY: '***',
  nested: [{ deep: { Authorization: '***', pin: '***' } }],
};

describe('[M1] masks', () => {
  test.each([
    ['json', undefined],
    ['msgpack', [msgpack()]],
    ['cbor', [cbor()]],
  ] as const)('hide values of secret names without any rule, at any depth, by %s', async (_, serializers) => {
    const { connect, rows } = open();
    const one = await connect(serializers ? { serializers: [...serializers] } : {});
    await one.register('com.shop.echo', (args, kwargs) => ({ ...(args[0] as object), kwargs: { ...kwargs } })).ready;
    await one.call('com.shop.echo', [{ ...secrets, spin: 'shown', name: 'joe' }], { token: 'p7', tokens: 3 });
    const call = () => rows().find(({ kind, endedMs }) => kind === 'call' && endedMs !== null);
    await expect.poll(() => call()?.answer).toBeTruthy();
    expect(call()?.payload).toBe(`${JSON.stringify([{ ...masked, spin: 'shown', name: 'joe' }])} {"token":"***","tokens":3}`);
    expect(JSON.stringify(rows())).not.toMatch(/"p[1-7]"|:1234/);
    expect(call()?.answer).toContain('"name":"joe"');
  });

  test('hide all of a payload by rule: of calls with answers, progress and errors, of events, for every kind of match', async () => {
    const { connect, rows } = open([
      { uri: 'com.shop.login' },
      { uri: 'com.bank', match: 'prefix' },
      { uri: 'com..health', match: 'wildcard' },
    ]);
    const [one, two] = [await connect(), await connect()];
    await one.register('com.shop.login', () => {
      throw new ApplicationError('com.shop.error', ['secret of the error']);
    }).ready;
    await one.register('com.bank.pay', async (_args, _kwargs, { sendProgress }) => {
      sendProgress('secret progress');
      return 'secret answer';
    }).ready;
    await one.subscribe('com.joe.health', () => {}).ready;
    await two.call('com.shop.login', ['joe', 'secret word']).catch(() => {});
    await two.call('com.bank.pay', ['secret account'], {}, { onProgress: () => {} });
    await two.publish('com.joe.health', ['secret illness'], {}, { acknowledge: true });
    await two.publish('com.shop.news', ['shown'], {}, { acknowledge: true });
    await expect.poll(() => rows().find(({ uri }) => uri === 'com.shop.news')?.payload).toBe('["shown"]');
    const of = (name: string) => rows().find(({ uri, kind }) => uri === name && /call|publish/.test(kind));
    expect(of('com.shop.login')).toMatchObject({ payload: '***', answer: '***', error: 'com.shop.error' });
    expect(of('com.bank.pay')).toMatchObject({ payload: '***', answer: '***' });
    expect(of('com.joe.health')).toMatchObject({ payload: '***' });
    expect(JSON.stringify(rows())).not.toContain('secret');
  });

  test('hide further names by rule, before the text is cut, so that no part of them is seen', async () => {
    const { connect, rows } = open([
      { uri: 'com.shop.', match: 'prefix', keys: ['card_number'] },
      { uri: 'com.shop.buy', keys: ['address'] },
    ]);
    const one = await connect();
    await one.publish('com.shop.buy', [{ cardNumber: '4'.repeat(8000), Address: 'Elm Street' }], { n: 1 }, { acknowledge: true });
    await expect.poll(() => rows().at(-1)?.payload).toBe('[{"cardNumber":"***","Address":"***"}] {"n":1}');
  });

  test('hold for retained events, and change with a reload', async () => {
    const { router, realm, connect } = open();
    const one = await connect();
    await one.publish('com.shop.state', [{ password: 'p1', size: 5 }], {}, { acknowledge: true, retain: true });
    expect((await router.retained({ uri: 'com.shop.state' }))?.payload).toBe('[{"password":"***","size":5}]');
    router.reload({ realms: { shop: { ...realm, masks: [{ uri: 'com.shop.state' }] } } });
    expect((await router.retained({ uri: 'com.shop.state' }))?.payload).toBe('***');
  });

  test.each<[string, unknown, string]>([
    ['no list', {}, 'masks: expected a list, got'],
    ['no URI', [{}], 'masks[0].uri: expected'],
    ['a pattern without match', [{ uri: 'com.shop.' }], "did you mean match: 'prefix'?"],
    [
      'names that are no list',
      [{ uri: 'com.a', keys: 'x' }],
      'masks[0].keys: expected a list of names, or none for the whole payload, got "x"',
    ],
    ['no names', [{ uri: 'com.a', keys: [] }], 'masks[0].keys: expected a list of names'],
    ['a word that is not known', [{ uri: 'com.a', key: ['x'] }], "expected uri, match, keys, got 'key'; did you mean 'keys'?"],
    [
      'a second rule',
      [{ uri: 'com.a' }, { uri: 'com.a', keys: ['x'] }],
      'masks[1]: expected one rule for each URI and match, got a second for "com.a"',
    ],
  ])('a wrong rule, %s, says what is expected', (_, masks, text) => {
    expect(() => open(masks as never)).toThrow(text);
  });
});
