// Connections: options, callbacks, and every way in which one ends.

import { ABORT, CHALLENGE, GOODBYE, RESULT, WELCOME } from '../fixtures/messages.ts';
import { type Any, script, welcome } from './lab.ts';

script('connection: before it is opened', ({ autobahn, see, attempt, connection: connect }) => {
  see(
    'no options',
    attempt(() => new (autobahn.Connection as Any)()),
  );
  const { connection } = connect();
  see('getters', [
    connection.session,
    connection.isOpen,
    connection.isConnected,
    connection.isRetrying,
    connection.transport,
    typeof connection.defer,
  ]);
  see('callbacks', [connection.onopen, connection.onclose]);
  see(
    'close',
    attempt(() => connection.close()),
  );
});

script('connection: what becomes of the options', ({ autobahn, see, attempt }) => {
  const url = 'ws://127.0.0.1:1/ws';
  const plain: Any = { url, realm: 'r' };
  new autobahn.Connection(plain);
  see('keys', Object.keys(plain));
  see('entry', Object.keys(plain.transports[0]));
  see('protocol', plain.transports[0].protocols[0]);
  see('protocols', plain.transports[0].protocols);
  const list: Any = {
    url,
    realm: 'r',
    protocols: ['wamp.2.json'],
    transports: [
      { type: 'websocket' },
      { type: 'websocket', url: 'ws://other/', protocols: ['wamp.2.cbor'] },
      { type: 'rawsocket', port: 1 },
    ],
  };
  new autobahn.Connection(list);
  see(
    'list',
    list.transports.map((entry: Any) => [entry.url, entry.protocols, entry.rawsocket_max_len_exp]),
  );
  const told: unknown[] = [];
  const on_internal_error = (error: Any, message: unknown): void => void told.push([error.message ?? error, message]);
  for (const options of [
    {},
    { url: 7 },
    { url, protocols: 'x' },
    { url, serializers: 'x' },
    { transports: [{ type: 'pigeon' }] },
    { transports: [{ type: 'rawsocket', protocols: 'x' }] },
  ])
    new autobahn.Connection({ realm: 'r', on_internal_error, ...options } as Any);
  see('told', told);
  see('bad type', [
    attempt(() => new autobahn.Connection({ transports: [{}] } as Any)),
    attempt(() => new autobahn.Connection({ transports: [{ type: 7 }] } as Any)),
  ]);
});

script('connection: none can be made', async ({ autobahn, see, attempt, settle }) => {
  const told: unknown[] = [];
  const connection: Any = new autobahn.Connection({
    realm: 'r',
    on_internal_error: (error: Any, message: unknown) => told.push([error.message ?? error, message]),
  } as Any);
  const closes: unknown[] = [];
  connection.onclose = (...given: unknown[]) => void closes.push(given);
  connection.open();
  see('at once', [...closes]);
  await settle();
  see('state', [connection.isConnected, connection.isRetrying, connection.session]);
  see('told', told);
  see(
    'close',
    attempt(() => connection.close()),
  );
  connection.open();
  await settle();
  see('again', closes.length);
  class Throws {
    type = 'throws';
    create(): Any {
      throw new Error('no');
    }
  }
  autobahn.transports.register('throws', Throws as Any);
  const other: Any = new autobahn.Connection({
    realm: 'r',
    transports: [{ type: 'throws' }],
    on_internal_error: (error: Any, message: unknown) => told.push([error.message, message]),
  } as Any);
  other.onclose = (...given: unknown[]) => void closes.push(given);
  other.open();
  see('throws', [told.slice(1), closes.slice(2)]);
  await settle();
});

script('connection: opening, step by step', async ({ see, attempt, connection: connect, settle }) => {
  const { connection, line } = connect();
  const opened: Any[] = [];
  connection.onopen = (...given: unknown[]) => void opened.push(given);
  const state = (): unknown => [
    connection.isOpen,
    connection.isConnected,
    connection.isRetrying,
    connection.session?.isOpen,
    connection.transport.info.type,
  ];
  see('returns', connection.open());
  see('dialling', [state(), attempt(() => connection.open())]);
  const { session } = connection;
  line().open();
  await settle();
  see('joining', state());
  line().deliver(WELCOME(7, welcome));
  see('joined', [state(), connection.session === session, session.id]);
  see('onopen', [opened.length, opened[0][0] === session, opened[0][1]]);
  see(
    'open',
    attempt(() => connection.open()),
  );
});

script('connection: HELLO', async ({ see, connection: connect, settle }) => {
  const { connection, line } = connect({ authmethods: ['ticket', 'wampcra'], authid: 'joe', authextra: { a: 1 } });
  connection.open();
  line().open();
  await settle();
  const [type, realm, details] = line().sent[0] as Any;
  see('start', [type, realm]);
  see('login', [details.authmethods, details.authid, details.authextra]);
  see('keys', Object.keys(details).sort());
  see('roles', details.roles);
});

script('connection: HELLO without a realm, and with odd ones', async ({ see, connection: connect, settle }) => {
  for (const realm of [undefined, null, '', 'my realm', 'a..b']) {
    const { connection, line } = connect({ realm });
    connection.open();
    line().open();
    await settle();
    const [type, sent, details] = line().sent[0] as Any;
    see(`realm ${realm}`, [type, sent, details.authmethods, connection.session.realm]);
  }
});

script('connection: options are read at each attempt', async ({ see, connection: connect, settle }) => {
  const { connection, line } = connect({ authid: 'joe' });
  connection._options.authid = 'anna';
  connection._options.authextra = 'text';
  connection.open();
  line().open();
  await settle();
  const details = (line().sent[0] as Any)[2];
  see('login', [details.authid, details.authextra]);
});

script('connection: close', async ({ see, attempt, joined, settle }) => {
  const { connection, session, line, wire } = await joined();
  const closes: Any[] = [];
  connection.onclose = (...given: unknown[]) => void closes.push([...given, connection.isConnected]);
  see('returns', connection.close('wamp.close.own', 'bye'));
  see('wire', wire.slice(0, 1));
  line.deliver(GOODBYE({}, 'wamp.close.goodbye_and_out'));
  await settle();
  see('onclose', closes);
  see('wire after', wire);
  see('state', [connection.session, connection.isOpen, connection.isConnected, session.isOpen, session.id, session.realm]);
  see(
    'again',
    attempt(() => connection.close()),
  );
});

script('connection: close without a reason, and leave', async ({ see, joined, settle }) => {
  const one = await joined();
  one.connection.close();
  see('close', one.wire);
  const other = await joined();
  const closes: Any[] = [];
  other.connection.onclose = (...given: unknown[]) => void closes.push(given);
  other.session.leave(null, 'text');
  see('leave', other.wire.slice(0, 1));
  other.line.deliver(GOODBYE({ message: 'also' }, 'wamp.close.goodbye_and_out'));
  await settle();
  see('onclose', closes);
});

script('connection: opened again after it was closed', async ({ see, joined, settle }) => {
  const { connection, session, line } = await joined();
  connection.close();
  line.deliver(GOODBYE({}, 'wamp.close.goodbye_and_out'));
  await settle();
  connection.open();
  see('state', [connection.isConnected, connection.isOpen, connection.session === session, connection.session.isOpen]);
});

const endings: { [name: string]: (line: Any) => void } = {
  'the router says GOODBYE': (line) => line.deliver(GOODBYE({ message: 'down' }, 'wamp.close.system_shutdown')),
  'the connection is lost': (line) => line.drop(),
  'the connection is closed cleanly, without a word': (line) => line.end({ code: 1000, reason: '', wasClean: true }),
  'a protocol violation': (line) => line.deliver(RESULT(99, {})),
};
for (const [name, end] of Object.entries(endings)) {
  script(`connection: ${name}`, async ({ see, joined, settle }) => {
    const { connection, line, session, wire } = await joined({ on_internal_error: () => {} });
    const closes: Any[] = [];
    connection.onclose = (reason: unknown, details: Any) => {
      closes.push([reason, { ...details, retry_delay: typeof details.retry_delay }, connection.isConnected]);
      return true;
    };
    end(line);
    await settle();
    see('onclose', closes);
    see('wire', wire);
    see('state', [connection.isOpen, connection.isConnected, connection.isRetrying, connection.session, session.isOpen]);
  });
}

script('connection: ABORT', async ({ see, connection: connect, settle }) => {
  const { connection, line } = connect();
  const closes: Any[] = [];
  connection.onclose = (...given: unknown[]) => void closes.push(given);
  connection.open();
  line().open();
  await settle();
  line().sent.length = 0;
  line().deliver(ABORT({ message: 'no such realm' }, 'wamp.error.no_such_realm'));
  await settle();
  see('onclose', closes);
  see('wire', line().sent);
  see('state', [connection.isConnected, connection.isRetrying, connection.session]);
});

script('connection: closed while it dials, and while it joins', async ({ see, connection: connect, settle }) => {
  for (const isOpen of [false, true]) {
    const { connection, line } = connect();
    const closes: Any[] = [];
    connection.onclose = (...given: unknown[]) => void closes.push(given);
    connection.open();
    if (isOpen) {
      line().open();
      await settle();
      line().sent.length = 0;
    }
    connection.close();
    see(`at once ${isOpen}`, closes.length);
    await settle();
    see(`onclose ${isOpen}`, closes);
    see(`wire ${isOpen}`, line().sent);
  }
});

script('connection: callbacks that throw', async ({ see, connection: connect, settle }) => {
  const told: unknown[] = [];
  const { connection, line } = connect({ on_user_error: (...given: unknown[]) => told.push(given) });
  connection.onopen = () => {
    throw new Error('in onopen');
  };
  connection.onclose = () => {
    throw new Error('in onclose');
  };
  connection.open();
  line().open();
  await settle();
  line().deliver(WELCOME(7, welcome));
  await settle();
  line().drop();
  await settle();
  see('told', told);
  see('goes on', connection.isRetrying);
});

const answers: { [name: string]: Any } = {
  'a signature': () => 'signed',
  'a signature and more': () => ['signed', { a: 1 }],
  'a promise': () => Promise.resolve('later'),
  'a promise of both': async () => ['later', { a: 1 }],
};
for (const [name, onchallenge] of Object.entries(answers)) {
  script(`connection: onchallenge gives ${name}`, async ({ see, connection: connect, settle }) => {
    const given: Any[] = [];
    const { connection, line } = connect({
      authmethods: ['ticket'],
      authid: 'joe',
      onchallenge: (...all: Any[]) => {
        given.push([all[0] === connection.session, ...all.slice(1)]);
        return onchallenge();
      },
    });
    connection.open();
    line().open();
    await settle();
    line().sent.length = 0;
    line().deliver(CHALLENGE('ticket', { nonce: 1 }));
    await settle();
    see('given', given);
    see('wire', line().sent);
    line().deliver(WELCOME(7, welcome));
    see('open', connection.isOpen);
  });
}

script('connection: onchallenge of a method that was not offered', async ({ see, connection: connect, settle }) => {
  const { connection, line } = connect({ onchallenge: (_: Any, method: string) => method });
  connection.open();
  line().open();
  await settle();
  line().sent.length = 0;
  line().deliver(CHALLENGE('cookie', {}));
  await settle();
  see('wire', line().sent);
});

for (const [name, onchallenge] of [
  ['throws', () => Promise.reject('wrong')],
  ['is missing', undefined],
] as const) {
  script(`connection: onchallenge ${name}`, async ({ see, connection: connect, settle }) => {
    const told: Any[] = [];
    const { connection, line, lines } = connect({
      authmethods: ['ticket'],
      onchallenge,
      on_user_error: (...given: unknown[]) => told.push(['user', ...given]),
      on_internal_error: () => told.push(['internal']),
    });
    const closes: Any[] = [];
    connection.onclose = (reason: unknown, details: Any) => {
      closes.push([reason, details.reason, details.message, details.will_retry, details.retry_count]);
      return true;
    };
    connection.open();
    line().open();
    await settle();
    line().sent.length = 0;
    line().deliver(CHALLENGE('ticket', {}));
    await settle();
    see('told', told);
    see('onclose', closes);
    see(
      'first word',
      line()
        .sent.slice(0, 1)
        .map((message: Any) => [message[0], message[2]]),
    );
    see('ABORT text', line().sent[0]);
    see('close', line().sent.slice(1));
    see('lines', lines.length);
  });
}

script('[H11] connection: ABORT in an open session', async (lab) => {
  const { connection, session, line, wire } = await lab.joined();
  const told: unknown[] = [];
  connection.onclose = (reason: string, details: Any) => {
    told.push(reason, details.reason, details.message, details.will_retry, session.isOpen);
  };
  const pending = session.call('com.example.p').then(null, (error: Any) => error.error);
  wire.length = 0;
  line.deliver(ABORT({ message: 'text' }, 'com.example.reason'));
  await lab.settle();
  lab.see('told', told);
  lab.see('wire', wire);
  lab.see('pending', lab.isReal ? 'never' : await pending);
  lab.see('retrying', connection.isRetrying);
});

script('[H11] connection: between an ABORT in an open session and the close of the transport', async (lab) => {
  const { connection, session, line } = await lab.joined({ on_internal_error: () => {} });
  const state = () => [session.isOpen, session.id, session.realm, connection.isOpen, connection.isConnected];
  lab.see('before', state());
  line.transport.close = () => {};
  line.deliver(ABORT({ message: 'text' }, 'com.example.reason'));
  lab.see('at once', state());
  await lab.settle();
  lab.see('in between', state());
  line.end({ code: 1006, reason: '', wasClean: false });
  await lab.settle();
  lab.see('after', [session.isOpen, connection.isOpen, connection.isConnected]);
});
