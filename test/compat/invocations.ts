// Registering and invocations.

import {
  CHALLENGE,
  ERROR,
  EVENT,
  INTERRUPT,
  INVOCATION,
  REGISTERED,
  SUBSCRIBED,
  UNREGISTERED,
  WELCOME,
} from '../fixtures/messages.ts';
import { type Any, script, welcome } from './lab.ts';

script('register: what is sent, and what comes back', async ({ autobahn, see, joined }) => {
  const { session, line, wire } = await joined();
  const endpoint = (): void => {};
  const options = { match: 'prefix', invoke: 'roundrobin', concurrency: 2, someCapital: 1 };
  const asked = session.register('com.example.p', endpoint, options);
  const plain = session.register('com.example.q', endpoint);
  see('wire', wire);
  line.deliver(REGISTERED(1, 61), REGISTERED(2, 62));
  const registration = await asked;
  see('registration', [Object.keys(registration), registration.procedure, registration.id, registration.active]);
  see('identity', [
    registration instanceof autobahn.Registration,
    registration.endpoint === endpoint,
    registration.options === options,
    registration.session === session,
    (await plain).options,
  ]);
  see('kept', [session.registrations.length, session._registrations[61] === registration]);
});

script('register: refused', async ({ see, joined, settle }) => {
  const { session, line } = await joined();
  const asked = session.register('com.example.p', () => {});
  line.deliver(ERROR('REGISTER', 1, {}, 'wamp.error.procedure_already_exists', ['taken']));
  await settle();
  see('error', await asked.then(null, (error: unknown) => error));
});

script('unregister', async ({ see, attempt, joined, settle }) => {
  const { session, line, wire } = await joined();
  const asked = [session.register('com.example.p', () => {}), session.register('com.example.q', () => {})];
  line.deliver(REGISTERED(1, 61), REGISTERED(2, 62));
  const [first, second] = await Promise.all(asked);
  const outcomes: unknown[] = [];
  first.on_unregister.then(() => outcomes.push('on_unregister'));
  wire.length = 0;
  session.unregister(first).then((value: unknown) => outcomes.push(['unregistered', value]));
  session.call('com.example.after');
  see('wire', wire);
  see('meanwhile', [first.active, session.registrations.length]);
  line.deliver(UNREGISTERED(3));
  await settle();
  see('done', [outcomes, first.active, session.registrations.length, attempt(() => first.unregister())]);
  line.deliver(UNREGISTERED(0, { registration: 62, reason: 'wamp.registration.revoked' }));
  second.on_unregister.then((reason: unknown) => outcomes.push(reason));
  await settle();
  see('taken away', [outcomes, second.active, session.registrations, attempt(() => second.unregister())]);
});

/** Registers an endpoint, invokes it, and gives back what goes out. */
async function invoked(lab: Any, endpoint: Any, invocation: Any[] = [{}], options: Any = {}): Promise<Any> {
  const { session, line, wire } = await lab.joined(options);
  const asked = session.register('com.example.p', endpoint);
  line.deliver(REGISTERED(1, 61));
  await asked;
  wire.length = 0;
  line.deliver([68, 900, 61, ...invocation]);
  await lab.settle();
  return { session, line, wire };
}

const outcomes: { [name: string]: (autobahn: Any) => unknown } = {
  'a value': () => 7,
  'a list': () => [1, 2],
  null: () => null,
  undefined: () => undefined,
  'a promise': () => Promise.resolve('later'),
  'a Result': ({ Result }) => new Result([1, 2], { k: 1 }),
  'a Result of keywords': ({ Result }) => new Result([], { k: 1 }),
  'an empty Result': ({ Result }) => new Result(),
  'an Error': ({ Error: WampError }) => {
    throw new WampError('com.example.error', ['a'], { k: 1 });
  },
  'an Error with nothing': ({ Error: WampError }) => {
    throw new WampError('com.example.error');
  },
  'a rejection': ({ Error: WampError }) => Promise.reject(new WampError('com.example.error', [1])),
  'a text': () => {
    throw 'text';
  },
  'a thrown list': () => {
    throw [1, 2];
  },
  'a JavaScript Error': () => {
    throw new TypeError('the message');
  },
};
for (const [name, run] of Object.entries(outcomes)) {
  script(`invocation: ${name}`, async (lab) => {
    const told: unknown[] = [];
    const { wire } = await invoked(lab, () => run(lab.autobahn), [{}], {
      on_user_error: (...given: unknown[]) => told.push(given),
    });
    lab.see('wire', wire);
    lab.see('on_user_error', told);
  });
}

script('invocation: on_user_error comes after ERROR', async (lab) => {
  const order: unknown[] = [];
  const { session, line } = await lab.joined({ on_user_error: () => order.push('told') });
  const asked = session.register('com.example.p', () => {
    throw new lab.autobahn.Error('com.example.error');
  });
  line.deliver(REGISTERED(1, 61));
  await asked;
  const send = session._send_wamp;
  session._send_wamp = (message: Any) => {
    order.push(message[0]);
    send(message);
  };
  line.deliver(INVOCATION(900, 61, {}));
  await lab.settle();
  lab.see('order', order);
});

script('invocation: what endpoints get', async (lab) => {
  const seen: Any[] = [];
  const endpoint = (...given: Any[]): void => void seen.push(given);
  await invoked(lab, endpoint, [{}]);
  await invoked(lab, endpoint, [
    { caller: 5, caller_authid: 'joe', caller_authrole: 'user', timeout: 9, trustlevel: 1 },
    [1],
    { k: 1 },
  ]);
  lab.see('seen', seen);
  lab.see('class', seen[0][2] instanceof lab.autobahn.Invocation);
});

script('invocation: it runs on receipt', async (lab) => {
  const { session, line } = await lab.joined();
  let isRun = false;
  const asked = session.register('com.example.p', () => {
    isRun = true;
  });
  line.deliver(REGISTERED(1, 61));
  await asked;
  line.deliver(INVOCATION(900, 61, {}));
  lab.see('is run', isRun);
});

script('invocation: progress', async (lab) => {
  let returned: unknown;
  const { wire } = await invoked(
    lab,
    (_args: Any, _kwargs: Any, details: Any) => {
      returned = details.progress([1]);
      details.progress();
      details.progress([], {});
      details.progress(null, { k: 1 });
      details.progress([1], { k: 1 });
      return 'end';
    },
    [{ receive_progress: true }],
  );
  lab.see('wire', wire);
  lab.see('returns', returned);
});

script('invocation: INTERRUPT', async (lab) => {
  const { line, wire, session } = await invoked(lab, () => new Promise(() => {}), [{}], { on_internal_error: () => {} });
  line.deliver(INTERRUPT(900, { mode: 'killnowait' }));
  await lab.settle();
  lab.see('what is said to the router', wire);
  lab.see('the session', session.isOpen);
});

script('invocation: `this` in endpoints, handlers and others', async (lab) => {
  const { autobahn } = lab;
  const { util } = autobahn as Any;
  const seen: { [where: string]: Any } = {};
  const told = (where: string) =>
    function (this: Any): void {
      seen[where] = this;
    };
  const failing = function (this: Any): void {
    throw new autobahn.Error('com.example.error');
  };
  const { session, line, connection } = await lab.joined({ on_user_error: told('on_user_error') });
  const asked = [
    session.register('com.example.p', told('endpoint')),
    session.subscribe('com.example.t', told('handler')),
    session.register('com.example.q', failing),
  ];
  line.deliver(REGISTERED(1, 61), SUBSCRIBED(2, 51), REGISTERED(3, 62));
  const [, subscription] = await Promise.all(asked);
  line.deliver(INVOCATION(900, 61, {}), EVENT(51, 1, {}), INVOCATION(901, 62, {}));
  await lab.settle();
  lab.see('endpoint', seen.endpoint === util);
  lab.see('handler', seen.handler === subscription);
  lab.see('on_user_error', seen.on_user_error === undefined);
  connection.onclose = function (this: Any): boolean {
    seen.onclose = this;
    return true;
  };
  line.drop();
  lab.see('onclose', seen.onclose === connection);
  await util.as_promise(told('as_promise'));
  lab.see('as_promise', seen.as_promise === util);
});

script('connection: `this` in onopen and onchallenge', async (lab) => {
  const { autobahn } = lab;
  const seen: { [where: string]: Any } = {};
  const { connection, line } = lab.connection({
    authmethods: ['ticket'],
    onchallenge(this: Any): string {
      seen.onchallenge = this;
      return 'secret';
    },
  });
  connection.onopen = function (this: Any): void {
    seen.onopen = this;
  };
  connection.open();
  line().open();
  await lab.settle();
  line().deliver(CHALLENGE('ticket', {}));
  await lab.settle();
  line().deliver(WELCOME(7, welcome));
  await lab.settle();
  lab.see('onchallenge', seen.onchallenge === autobahn.util);
  lab.see('onopen', seen.onopen === connection);
});
