// The same over real sockets, on our router.
import { createServer } from 'node:net';
import { deriveKey } from 'autostrada/wampcra';
import { WebSocketServer } from 'ws';
import { WELCOME } from '../fixtures/messages.ts';
import { type Any, script } from './lab.ts';
import { open, staged } from './stage.ts';

for (const serializer of ['JSONSerializer', 'MsgpackSerializer', 'CBORSerializer'] as const) {
  script(`router: calls and events, by ${serializer}`, (lab) =>
    staged(lab, open, async (stage) => {
      const { Result, Error: WampError, serializer: all } = lab.autobahn as Any;
      const options = { serializers: [new all[serializer]()] };
      const callee = await stage.open(options);
      const caller = await stage.open(options);
      lab.see('transport', { ...caller.details.transport, url: caller.details.transport.url === stage.url });
      lab.see('details', Object.keys(caller.details).sort());
      lab.see('info', [caller.session._socket.info.protocol, caller.session._socket.serializer.SERIALIZER_ID]);
      lab.see('features', caller.session.features);
      await callee.session.register('com.example.add', ([a, b]: number[]) => (a ?? 0) + (b ?? 0));
      await callee.session.register('com.example.many', () => new Result([1, 'ü', null, 2 ** 40, 1.5], { k: [{}] }));
      await callee.session.register('com.example.fail', () => {
        throw new WampError('com.example.error', ['a', 1], { k: 1 });
      });
      await callee.session.register('com.example.slow', (args: Any, _kwargs: Any, details: Any) => {
        for (let i = 0; i < args[0]; i++) details.progress([i], {});
        return 'end';
      });
      const failed = (error: unknown): unknown => ['failed', error];
      lab.see('add', await caller.session.call('com.example.add', [2, 3]));
      lab.see('many', await caller.session.call('com.example.many'));
      lab.see('fail', await caller.session.call('com.example.fail').then(null, failed));
      lab.see('nobody', (await caller.session.call('com.example.nobody').then(null, (e: Any) => e)).error);
      lab.see('taken', (await caller.session.register('com.example.add', () => {}).then(null, (e: Any) => e)).error);
      const progress: unknown[] = [];
      const end = await new Promise((resolve) =>
        caller.session
          .call('com.example.slow', [3], {}, { receive_progress: true })
          .then(resolve, resolve, (value: unknown) => progress.push(value)),
      );
      await lab.settle();
      lab.see('slow', [end, progress]);
      const events: Any[] = [];
      await callee.session.subscribe('com.example.t', (args: Any, kwargs: Any, event: Any) =>
        events.push([args, kwargs, event.topic, event.publisher, event.retained]),
      );
      await callee.session.subscribe(
        'com.example',
        (args: Any, _k: Any, event: Any) => events.push(['prefix', args, event.topic]),
        { match: 'prefix' },
      );
      const acknowledged = { acknowledge: true };
      await caller.session.publish('com.example.t', [1, 'two'], { k: 1 }, acknowledged);
      await callee.session.publish('com.example.t', ['own'], {}, { ...acknowledged, exclude_me: false });
      await callee.session.publish('com.example.t', ['not to me'], {}, acknowledged);
      await lab.settle();
      lab.see('events', events);
      callee.connection.close('wamp.close.own', 'bye');
      lab.see('closed', await callee.closed);
    }),
  );
}

const realm = { authroles: { user: { permissions: 'all' } } } as const;

script('router: logins', async (lab) => {
  const key = await deriveKey('secret', 'salt123', { iterations: 50 });
  const { auth_cra, auth_cryptosign, nacl, util } = lab.autobahn;
  const pair = nacl.sign.keyPair.fromSeed(Uint8Array.from({ length: 32 }, (_, i) => i));
  const realm1 = {
    ...realm,
    users: {
      tom: { authrole: 'user', ticket: 'sesame' },
      plain: { authrole: 'user', wampcra: { secret: 'secret' } },
      salted: { authrole: 'user', wampcra: { key, salt: 'salt123', iterations: 50, keylen: 32 } },
      signer: { authrole: 'user', cryptosign: { publicKeys: [util.btoh(pair.publicKey)] } },
    },
  };
  await staged(lab, { realms: { realm1 } } as Any, async (stage) => {
    const onchallenge = (_session: Any, method: string, extra: Any): Any => {
      if (method === 'ticket') return 'sesame';
      if (method === 'cryptosign') return auth_cryptosign.sign_challenge(pair, extra);
      return auth_cra.sign(
        extra.salt ? auth_cra.derive_key('secret', extra.salt, extra.iterations, extra.keylen) : 'secret',
        extra.challenge,
      );
    };
    const who = async (options: Any): Promise<unknown> => {
      const { details, session } = await stage.open({ onchallenge, ...options });
      return [details.authid, details.authrole, details.authmethod, session.realm];
    };
    lab.see('ticket', await who({ authmethods: ['ticket'], authid: 'tom' }));
    lab.see('wampcra', await who({ authmethods: ['wampcra'], authid: 'plain' }));
    lab.see('salted', await who({ authmethods: ['wampcra'], authid: 'salted' }));
    lab.see(
      'cryptosign',
      await who({ authmethods: ['cryptosign'], authid: 'signer', authextra: { pubkey: auth_cryptosign.public_key(pair) } }),
    );
    lab.see('refused', await stage.refused({ authmethods: ['ticket'], authid: 'tom', onchallenge: () => 'wrong' }));
    lab.see('no such user', (await stage.refused({ authmethods: ['ticket'], authid: 'nobody', onchallenge }))[0]);
    lab.see('no such realm', (await stage.refused({ realm: 'realm2' })).slice(0, 1));
    const connection: Any = auth_cryptosign.create_connection({ url: stage.url, realm: 'realm1', authid: 'signer', pkey: pair });
    const authid = await new Promise((resolve) => {
      connection.onopen = (_: Any, details: Any) => resolve(details.authid);
      connection.open();
    });
    lab.see('create_connection', authid);
    connection.close();
  });
});

script('router: by RawSocket', (lab) =>
  staged(lab, open, async (stage) => {
    const { details, session, connection, closed } = await stage.open({
      transports: [{ type: 'rawsocket', host: '127.0.0.1', port: stage.port }],
    });
    lab.see('transport', details.transport);
    await session.register('com.example.p', ([x]: Any) => x);
    lab.see('call', await session.call('com.example.p', ['ü']));
    connection.close();
    lab.see('closed', await closed);
    const told: unknown[] = [];
    const connection2: Any = new lab.autobahn.Connection({
      realm: 'realm1',
      transports: [{ type: 'rawsocket' }],
      on_internal_error: (...given: unknown[]) => told.push(given),
    } as Any);
    connection2.open();
    await lab.settle();
    lab.see('no port', told);
  }),
);

for (const options of [undefined, { mode: 'skip' }, { mode: 'killnowait' }]) {
  script(`router: cancel(${options ? options.mode : ''}) reaches the callee`, (lab) =>
    staged(lab, open, async (stage) => {
      const callee = await stage.open();
      const caller = await stage.open({ on_internal_error: () => {} });
      await callee.session.register('com.example.never', () => new Promise(() => {}));
      const call = caller.session.call('com.example.never');
      await new Promise((resolve) => setTimeout(resolve, 20));
      call.cancel(options);
      lab.see('rejected', await call.then(null, (error: unknown) => error));
      await callee.session.register('com.example.add', ([a, b]: Any) => a + b);
      lab.see('the caller goes on', await caller.session.call('com.example.add', [1, 2]));
      lab.see('both are open', [callee.session.isOpen, caller.session.isOpen]);
    }),
  );
}

script('router: the router closes', async (lab) => {
  await staged(lab, open, async (stage) => {
    const { closed, connection } = await stage.open();
    await stage.router.close();
    lab.see('closed', await closed);
    lab.see('state', [connection.isOpen, connection.isConnected, connection.session]);
  });
});

script('sockets: nobody listens', async (lab) => {
  const server = createServer();
  const port = await new Promise<number>((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as Any).port)));
  await new Promise((resolve) => server.close(resolve));
  const connection: Any = new lab.autobahn.Connection({
    url: `ws://127.0.0.1:${port}/ws`,
    realm: 'realm1',
    max_retries: 2,
    initial_retry_delay: 0.01,
  });
  const closes: Any[] = [];
  await new Promise<void>((resolve) => {
    connection.onclose = (reason: unknown, details: Any) => {
      closes.push([reason, details.reason, details.will_retry, details.retry_count]);
      if (!details.will_retry) resolve();
    };
    connection.open();
  });
  lab.see('closes', closes);
});

script('sockets: a URL that is none', async (lab) => {
  const told: Any[] = [];
  const connection: Any = new lab.autobahn.Connection({
    url: 'http//nowhere',
    realm: 'realm1',
    on_internal_error: (error: Any, message: unknown) => told.push([error.name, message]),
  });
  const closes: Any[] = [];
  connection.onclose = (...given: unknown[]) => void closes.push(given);
  connection.open();
  lab.see('closes', closes);
  lab.see('told', told);
  await lab.settle();
});

for (const [name, end] of [
  ['cut', (socket: Any) => socket.terminate()],
  ['closed cleanly', (socket: Any) => socket.close(1000)],
] as const) {
  script(`sockets: ${name} before and after WELCOME`, async (lab) => {
    let isAnswering = true;
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'wamp.2.json' });
    await new Promise((resolve) => server.once('listening', resolve));
    server.on('connection', (socket) => {
      socket.on('message', () => {
        if (isAnswering) socket.send(JSON.stringify(WELCOME(7, { roles: {} })));
        setTimeout(() => end(socket), 10);
      });
    });
    const url = `ws://127.0.0.1:${(server.address() as Any).port}/`;
    const connection: Any = new lab.autobahn.Connection({ url, realm: 'realm1', initial_retry_delay: 0.01, max_retries: 1 });
    const closes: Any[] = [];
    let opens = 0;
    connection.onopen = () => void opens++;
    await new Promise<void>((resolve) => {
      connection.onclose = (reason: unknown, details: Any) => {
        isAnswering = false;
        closes.push([reason, details.reason, details.will_retry, details.retry_count]);
        if (closes.length === 3) resolve();
        return closes.length === 3;
      };
      connection.open();
    });
    lab.see('closes', closes);
    lab.see('opens', opens);
    server.close();
  });
}
