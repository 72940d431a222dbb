// What is there before anything is connected.

import { CALL } from '../fixtures/messages.ts';
import { type Any, script } from './lab.ts';

const names = [
  'version',
  'transports',
  'Connection',
  'Session',
  'Invocation',
  'Event',
  'Result',
  'Error',
  'Subscription',
  'Registration',
  'Publication',
  'serializer',
  'auth_persona',
  'auth_cra',
  'auth_cryptosign',
  'when',
  'msgpack',
  'cbor',
  'nacl',
  'util',
  'log',
];

script('surface: the 21 exports', ({ autobahn, see }) => {
  const all = autobahn as Any;
  see(
    'names',
    Object.keys(all)
      .filter((name) => name !== 'default' && name !== 'module.exports')
      .sort(),
  );
  see(
    'all there',
    names.filter((name) => all[name] === undefined),
  );
  see('version', autobahn.version);
  for (const name of ['auth_cra', 'auth_cryptosign', 'util', 'log', 'serializer']) see(name, Object.keys(all[name]).sort());
});

script('surface: the registry of transports', ({ autobahn, see, attempt }) => {
  const { transports } = autobahn;
  see('list', transports.list().slice(0, 3));
  see(
    'known',
    ['websocket', 'longpoll', 'rawsocket'].map((name) => transports.isRegistered(name)),
  );
  see('unknown', [transports.isRegistered('pigeon'), attempt(() => transports.get('pigeon'))]);
  see(
    'types',
    ['websocket', 'longpoll', 'rawsocket'].map((name) => attempt(() => (transports.get(name) as Any).prototype.type)),
  );
});

script('surface: classes, their keys and their defaults', ({ autobahn, see }) => {
  const all = autobahn as Any;
  see('Result', [new all.Result(), new all.Result([1], { a: 2 })]);
  see('Error', [new all.Error('com.example.error'), new all.Error('e', [1], { a: 2 })]);
  see('Error is none', new all.Error('e') instanceof Error);
  see('Event', [new all.Event(1, 't', 2, 'joe', 'user', true, []), new all.Event(1, 't').topic]);
  see('Invocation', new all.Invocation('p', null, 2, 'joe', 'user'));
  see('Publication', new all.Publication(3));
  const session = { _defer: autobahn.when.defer } as Any;
  see('Subscription', new all.Subscription('t', () => {}, undefined, session, 5));
  see('Registration', new all.Registration('p', () => {}, { match: 'prefix' }, session, 5));
});

script('surface: WAMP-CRA', ({ autobahn, see }) => {
  const { sign, derive_key } = autobahn.auth_cra;
  see('sign', [sign('secret', '{"challenge":1}'), sign('', ''), sign('ключ', 'ü')]);
  see('derive', [
    derive_key('secret', 'salt123'),
    derive_key('secret', 'salt123', 100, 16),
    derive_key('secret', 'salt', 0, 0),
    derive_key('pä', 'ß', 10, 64),
  ]);
});

script('surface: WAMP-CRA with what is missing or wrong', ({ autobahn, see }) => {
  const { sign, derive_key } = autobahn.auth_cra as Any;
  const refuses = (run: () => unknown): unknown => {
    try {
      return run();
    } catch {
      return 'throws';
    }
  };
  for (const wrong of [undefined, null, 0, 5, true, {}, []]) {
    const name = `${typeof wrong} ${JSON.stringify(wrong)}`;
    see(
      `${name} as key`,
      refuses(() => sign(wrong, 'challenge')),
    );
    see(
      `${name} as secret`,
      refuses(() => derive_key(wrong, 'salt', 2)),
    );
    see(
      `${name} as salt`,
      refuses(() => derive_key('secret', wrong, 2)),
    );
    if (!wrong) see(`${name} as challenge`, sign('key', wrong));
  }
});

script('surface: cryptosign', async ({ autobahn, see, attempt }) => {
  const { auth_cryptosign, nacl, util } = autobahn;
  const pair = nacl.sign.keyPair.fromSeed(Uint8Array.from({ length: 32 }, (_, i) => i));
  see('public key', auth_cryptosign.public_key(pair));
  see('signature', auth_cryptosign.sign_challenge(pair, { challenge: 'ab'.repeat(32) }));
  const kept = new Map<string, string>();
  Object.assign(globalThis, {
    localStorage: {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, value: string) => void kept.set(name, String(value)),
    },
  });
  const first = auth_cryptosign.load_private_key('k');
  see('kept', [
    Object.keys(first).sort(),
    util.btoh(first.publicKey) === util.btoh(auth_cryptosign.load_private_key('k').publicKey),
  ]);
  see('made anew', util.btoh(first.publicKey) === util.btoh(auth_cryptosign.load_private_key('k', true).publicKey));
  see('deleted', [attempt(() => auth_cryptosign.delete_private_key('k')), kept.get('k')]);
  delete (globalThis as Any).localStorage;
  const connection: Any = auth_cryptosign.create_connection({ url: 'ws://127.0.0.1:1/', realm: 'r', authid: 'joe', pkey: pair });
  const { authmethods, authextra, onchallenge } = connection._options;
  see('connection', [authmethods, authextra]);
  see('its login', [
    attempt(() => onchallenge(null, 'cryptosign', { challenge: '00'.repeat(32) })),
    attempt(() => onchallenge(null, 'ticket', {})),
  ]);
});

script('surface: util', async ({ autobahn, see, attempt }) => {
  const util = autobahn.util as Any;
  see('base64', [util.atob('AQID'), util.atob(''), util.btoa([1, 2, 255]), util.btoa(null)]);
  see('hex', [util.btoh([0, 255, 16]), util.btoh(null), util.htob('00ff10'), util.htob('')]);
  see('no hex', [attempt(() => util.htob('abc')), attempt(() => util.htob(7))]);
  see(
    'objects',
    [{}, [], null, () => {}, 'a', 1, new Date(0)].map((value) => util.is_object(value)),
  );
  see('assert', [attempt(() => util.assert(1, 'no')), attempt(() => util.assert(0, 'yes')), attempt(() => util.assert(0))]);
  see('defaults', [
    util.defaults(),
    util.defaults({ a: 1 }, { a: 2, b: 2 }, null, { b: 3, c: 3 }),
    util.defaults({ a: { b: 1 } }, { a: { b: 2, c: 3 } }, true),
    attempt(() => util.defaults({}, 7)),
  ]);
  const told: unknown[] = [];
  util.handle_error((...given: unknown[]) => void told.push(given), 'e', 'm');
  util.handle_error(undefined, 'e');
  see('handle_error', told);
  see('promises', [
    await util.as_promise((a: number, b: number) => a + b, 1, 2),
    await util
      .as_promise(() => {
        throw 'x';
      })
      .catch((e: unknown) => e),
    await util.sleep(1),
  ]);
  const deferred = util.deferred_factory()();
  deferred.resolve(5);
  see('deferred', [await util.promise(deferred), typeof util.deferred_factory({ use_es6_promises: true })().notify]);
  see('jQuery', util.promise({ promise: () => {} }));
  const id = util.new_global_id();
  see('id', id >= 1 && id <= 2 ** 53 && Number.isInteger(id));
  see('read_file', util.read_file);
  const numbers = Array.from({ length: 2000 }, () => util.rand_normal(10, 1) as number);
  see('normal', Math.round(numbers.reduce((a, b) => a + b) / 2000));
});

script('surface: serializers', async ({ autobahn, see }) => {
  const { JSONSerializer, MsgpackSerializer, CBORSerializer } = autobahn.serializer as Any;
  const message = CALL(1, { a: true }, 'com.example', [1, -1, 1.5, 'ü', null, 2 ** 40], { k: [] });
  for (const Class of [JSONSerializer, MsgpackSerializer, CBORSerializer]) {
    const serializer = new Class();
    const name = serializer.SERIALIZER_ID;
    see(`${name} kind`, [name, serializer.BINARY]);
    const frame = await serializer.serialize(message);
    see(`${name} round trip`, serializer.unserialize(frame));
    see(`${name} frame`, name === 'json' ? frame : frame instanceof Uint8Array);
    if (serializer.BINARY) {
      const back = serializer.unserialize(await serializer.serialize([Buffer.from('hi')]))[0];
      see(`${name} bytes are Buffers`, [Buffer.isBuffer(back), back.toString()]);
    } else see(`${name} bytes`, frame && serializer.serialize([Uint8Array.of(1)]));
  }
  const own = new JSONSerializer(
    (_k: string, v: unknown) => (typeof v === 'bigint' ? `${v}n` : v),
    (_k: string, v: unknown) => (v === '5n' ? 5 : v),
  );
  see('replacer and reviver', [own.serialize([5n]), own.unserialize('["5n"]')]);
  const codecs = autobahn as Any;
  see('codecs', [
    codecs.msgpack().decode(
      codecs
        .msgpack()
        .encode({ a: [1] })
        .slice(),
    ),
    codecs.cbor.decode(codecs.cbor.encode({ a: [1] })),
  ]);
});

script('surface: when', async ({ autobahn, see, settle }) => {
  const { when } = autobahn as Any;
  const told: unknown[] = [];
  const deferred = new when.defer();
  see(
    'deferred',
    ['promise', 'resolve', 'reject', 'notify'].map((key) => typeof deferred[key]),
  );
  deferred.promise
    .then(
      (value: unknown) => ['then', value],
      undefined,
      (progress: number) => progress * 2,
    )
    .then(
      (value: unknown) => void told.push(value),
      undefined,
      (progress: unknown) => void told.push(['down the chain', progress]),
    );
  deferred.promise.then(
    (value: unknown) => void told.push(value),
    null,
    (progress: unknown) => void told.push(['progress', progress]),
  );
  deferred.notify(1);
  deferred.notify(2);
  deferred.resolve('done');
  deferred.notify(3);
  deferred.resolve('again');
  await settle();
  see('order', told);
  see('all', await when.all([1, Promise.resolve(2), when.resolve(3)]));
  see('join', await when.join(1, when(2)));
  see('reject', [await when.reject('no').otherwise((e: unknown) => [e]), await when.reject('no').catch((e: unknown) => e)]);
  see('promise', await when.promise((resolve: Any) => resolve(4)));
  see('call', await when(1, (value: number) => value + 1));
  const order: unknown[] = [];
  await when
    .resolve(1)
    .tap((v: unknown) => order.push(['tap', v]))
    .ensure(() => order.push('ensure'))
    .finally(() => order.push('finally'));
  see('tap, ensure, finally', order);
  see('spread', await when.all([1, 2]).spread((a: number, b: number) => a + b));
});
