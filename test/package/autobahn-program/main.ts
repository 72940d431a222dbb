// A program as people wrote it against @types/autobahn. autobahn-types.test.ts compiles it so, and again with only the import changed.
import * as autobahn from 'autobahn';
import type { IConnectionOptions, IEvent, IInvocation, IRegistration, ISubscription, OnChallengeHandler } from 'autobahn';
import { Connection, Session } from 'autobahn';

interface Order {
  readonly item: string;
  readonly count: number;
}

const onchallenge: OnChallengeHandler = (session, method, extra) => {
  if (method === 'ticket') return 'secret';
  if (method === 'own') return ['signature', { session: session.id }];
  const key = autobahn.auth_cra.derive_key('secret', extra.salt, extra.iterations, extra.keylen);
  return autobahn.auth_cra.sign(key, extra.challenge);
};

const options: IConnectionOptions = {
  realm: 'realm1',
  transports: [
    { type: 'websocket', url: 'wss://example.com/ws', protocols: ['wamp.2.json'] },
    { type: 'longpoll', url: 'https://example.com/lp' },
    { type: 'own' },
  ],
  authmethods: ['wampcra'],
  authid: 'joe',
  authextra: { a: 1 },
  onchallenge,
  max_retries: -1,
  max_retry_delay: 10,
  initial_retry_delay: 1,
  retry_delay_growth: 1.5,
  retry_delay_jitter: 0.1,
  retry_if_unreachable: true,
  use_es6_promises: true,
  autoping_interval: 10,
  autoping_timeout: 5,
  tlsConfiguration: { ca: '', cert: '', key: '' },
  on_user_error: (error, message) => console.error(error, message),
  on_internal_error: (error: object, message?: string) => console.error(error, message),
};

const connection = new autobahn.Connection(options);
const subscriptions: autobahn.ISubscription[] = [];
let registration: IRegistration<number> | undefined;

connection.onopen = (session: autobahn.Session, details: any) => {
  console.log(details.authrole, session.id.toFixed(), session.realm.length, session.isOpen, session.features);
  session.prefix('api', 'com.example.api');
  session.caller_disclose_me = true;

  function onEvent(args?: any[], kwargs?: any, event?: IEvent): void {
    console.log(args && args[0], kwargs, event && event.topic, event?.publisher);
  }
  session.subscribe('com.example.topic', onEvent).then(
    (subscription) => {
      subscriptions.push(subscription);
      console.log(subscription.topic.length, subscription.id, subscription.active);
      subscription.unsubscribe().then((gone: boolean) => console.log(gone));
    },
    (error: autobahn.IError) => console.error(error.error, error.args, error.kwargs),
  );
  session.subscribe<[Order], { by: string }>('com.example.orders', (args, kwargs) => {
    console.log(args?.[0].item, kwargs?.by);
  }, { match: 'prefix', get_retained: true });

  session
    .register('com.example.add', (args?: number[], _kwargs?: any, call?: IInvocation) => {
      if (call && call.progress) call.progress([50], {});
      return (args?.[0] ?? 0) + (args?.[1] ?? 0);
    }, { invoke: 'roundrobin' })
    .then((given) => {
      registration = given;
      return session.unregister(given);
    });
  session.register('com.example.fail', () => {
    throw new autobahn.Error('com.example.error', ['text'], { code: 1 });
  });
  session.register('com.example.many', () => new autobahn.Result([1, 2], { k: 3 }));

  session.call<number>('com.example.add', [2, 3]).then((sum) => console.log(sum.toFixed()));
  session.call<autobahn.IResult>('com.example.many', [], {}, { receive_progress: true, disclose_me: true, timeout: 1000 }).then(
    (result) => console.log(result.args.length, result.kwargs.k),
    (error) => console.error(error),
    (progress) => console.log(progress),
  );
  session.call('com.example.untyped').then((value: any) => console.log(value.anything));

  session.publish('com.example.topic', ['hello']);
  session
    .publish('com.example.topic', [{ item: 'a', count: 1 }], { by: 'joe' }, { acknowledge: true, exclude_me: false, eligible: [1], exclude_authid: ['x'] })
    .then((publication) => console.log(publication.id));
  console.log(session.subscriptions.length, session.registrations.map((each) => each.procedure), session.resolve('api:x'));
  session.onleave = (reason, details) => console.log(reason, details);
};
connection.onclose = (reason, details) => {
  console.log(reason, details.will_retry);
  return false;
};
connection.open();
console.log(connection.isOpen, connection.isConnected, connection.isRetrying, connection.transport.info.type, registration);

export class Service {
  private session: Session | undefined;
  private subscription?: ISubscription;

  constructor(private readonly connection: Connection) {
    this.session = connection.session;
  }

  async start(): Promise<void> {
    const session = this.connection.session;
    if (!session) throw new Error('not connected');
    this.session = session;
    this.subscription = await session.subscribe('com.example.topic', (args) => console.log(args));
    const sum: number = await session.call<number>('com.example.add', [1, 2]);
    console.log(sum);
  }

  stop(): void {
    if (this.subscription) this.session?.unsubscribe(this.subscription);
    this.session?.leave('wamp.close.normal', 'bye');
    this.connection.close('wamp.close.normal', 'bye');
  }
}

class OwnTransport implements autobahn.ITransport {
  info: autobahn.ITransportInfo = { type: 'own', url: 'own:', protocol: 'wamp.2.json' };
  onopen: () => void = () => {};
  onmessage: (message: any[]) => void = () => {};
  onclose: (details: autobahn.ICloseEventDetails) => void = () => {};
  send(message: any[]): void {
    console.log(message);
  }
  close(code: number, reason?: string): void {
    this.onclose({ code, reason: reason ?? '', wasClean: true });
  }
}
class OwnFactory implements autobahn.ITransportFactory {
  type: autobahn.TransportType = 'own';
  constructor(readonly options: any) {}
  create(): autobahn.ITransport {
    return new OwnTransport();
  }
}
autobahn.transports.register('own', OwnFactory);
console.log(autobahn.transports.isRegistered('own'), autobahn.transports.list(), autobahn.transports.get('own'));
autobahn.log.debug('text', 1);
autobahn.util.assert(true, 'text');
