/*
 * Every message in every state of a client's session. CLOSED has no line, so nothing can come.
 * At ESTABLISHED one request of each kind waits, and an endpoint runs.
 */
import { Connection, ticket } from 'autostrada';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ManualClock, settled } from '../fixtures/manual-clock.ts';
import { ABORT, AUTHENTICATE, CALL, CHALLENGE, ERROR, GOODBYE, REGISTERED, RESULT, SUBSCRIBED } from '../fixtures/messages.ts';
import { type ScriptedPeer, ScriptedRouter, welcome } from '../fixtures/scripted-peer.ts';
import { join } from '../fixtures/scripted-session.ts';
import { atClient, clientStates, names, type Outcome, sample } from '../fixtures/states.ts';

interface Stage {
  readonly peer: ScriptedPeer;
  readonly connection: Connection;
  readonly clock: ManualClock;
  /** How each request ended, by what it was; empty while all wait. */
  readonly outcomes: { [request: string]: string };
}

const VIOLATION = 'wamp.error.protocol_violation';
const pending = { CALL: 5, PUBLISH: 6, SUBSCRIBE: 7, REGISTER: 8, UNSUBSCRIBE: 9, UNREGISTER: 10 };
const answers: { readonly [name: string]: readonly [request: string, how: string] } = {
  PUBLISHED: ['PUBLISH', 'done'],
  SUBSCRIBED: ['SUBSCRIBE', 'done'],
  UNSUBSCRIBED: ['UNSUBSCRIBE', 'done'],
  RESULT: ['CALL', 'done'],
  ERROR: ['CALL', 'com.example.error'],
  REGISTERED: ['REGISTER', 'done'],
  UNREGISTERED: ['UNREGISTER', 'done'],
};

const requestTypes: { readonly [request: string]: number } = {
  CALL: 48,
  PUBLISH: 16,
  SUBSCRIBE: 32,
  REGISTER: 64,
  UNSUBSCRIBE: 34,
  UNREGISTER: 66,
};

function watch(outcomes: Stage['outcomes'], name: string, promise: Promise<unknown> | undefined): void {
  promise?.then(
    () => {
      outcomes[name] = 'done';
    },
    (error: { uri: string }) => {
      outcomes[name] = error.uri;
    },
  );
}

async function establishing(): Promise<Stage> {
  const router = new ScriptedRouter();
  const clock = new ManualClock();
  const connection = new Connection({
    url: router,
    realm: 'realm1',
    retry: false,
    auth: ticket({ authid: 'joe', ticket: 's3cret' }),
    environment: { clock },
  });
  connection.on('status', () => {}); // somebody looks, so nothing is printed
  const outcomes = {};
  watch(outcomes, 'open', connection.open());
  const peer = await router.peer();
  await peer.next();
  onTestFinished(async () => {
    peer.close();
    await settled();
    expect(clock.pending).toBe(0);
    expect(connection.status.state).toBe('closed');
  });
  return { peer, connection, clock, outcomes };
}

async function established(): Promise<Stage> {
  const stage = await establishing();
  const { peer, connection, outcomes } = stage;
  peer.send(welcome());
  await settled();
  const { session } = connection;
  if (!session) throw new Error('expected a session');
  delete stage.outcomes.open;
  const never = new Promise<never>(() => {});
  const [kept, left] = [session.subscribe('com.example.a', () => {}), session.subscribe('com.example.b', () => {})];
  const [running, gone] = [session.register('com.example.c', () => never), session.register('com.example.d', () => {})];
  peer.send(SUBSCRIBED(1, 11), SUBSCRIBED(2, 21), REGISTERED(3, 12), REGISTERED(4, 22));
  await Promise.all([kept, running]);
  const [subscription, registration] = [await left, await gone];
  watch(outcomes, 'CALL', session.call('com.example.call'));
  watch(outcomes, 'PUBLISH', session.publish('com.example.publish', [], {}, { acknowledge: true }));
  watch(
    outcomes,
    'SUBSCRIBE',
    session.subscribe('com.example.subscribe', () => {}),
  );
  watch(
    outcomes,
    'REGISTER',
    session.register('com.example.register', () => {}),
  );
  watch(outcomes, 'UNSUBSCRIBE', subscription.unsubscribe());
  watch(outcomes, 'UNREGISTER', registration.unregister());
  for (let i = 0; i < 10; i++) await peer.next();
  return stage;
}

const stages: { readonly [state in (typeof clientStates)[number]]: () => Promise<Stage> } = {
  ESTABLISHING: establishing,
  async AUTHENTICATING() {
    const stage = await establishing();
    stage.peer.send(CHALLENGE('ticket', {}));
    await stage.peer.expect(AUTHENTICATE('s3cret', {}));
    return stage;
  },
  ESTABLISHED: established,
  async 'SHUTTING DOWN'() {
    const stage = await established();
    watch(stage.outcomes, 'close', stage.connection.close());
    await stage.peer.expect(GOODBYE({}, 'wamp.close.normal'));
    await settled();
    expect(stage.outcomes).toEqual(all('wamp.close.normal'));
    return stage;
  },
};

function dutyOf(state: string, name: string, outcome: Outcome): string {
  if (state === 'SHUTTING DOWN') return '[C06]';
  if (state !== 'ESTABLISHED') return name === 'ABORT' ? '[C04]' : '[C02]';
  if (name === 'GOODBYE') return '[C07]';
  if (name === 'ABORT') return '[C08]';
  return ['HELLO', 'WELCOME', 'CHALLENGE'].includes(name) ? '[C05]' : outcome === 'violation' ? '[C11]' : '[C11] [C40]';
}

/** What became of the requests: each of them has this, and none is left. What was given back is gone with the session. */
const all = (uri: string): object =>
  Object.fromEntries(Object.keys(pending).map((name) => [name, /^UN/.test(name) ? 'done' : uri]));

async function expectOutcome(stage: Stage, state: string, name: string, outcome: Outcome): Promise<void> {
  const { peer, connection, outcomes } = stage;
  const isOpen = state === 'ESTABLISHED';
  const before = { ...outcomes };
  const { session } = connection;
  await settled();
  switch (outcome) {
    case 'violation': {
      const said = await peer.end();
      expect(said).toEqual([ABORT({ message: expect.stringMatching(/^expected .* got |^got /) }, VIOLATION)]);
      expect(peer.closed).toMatchObject({ code: 1002 });
      expect(outcomes).toEqual(isOpen ? all(VIOLATION) : { open: VIOLATION });
      break;
    }
    case 'closed':
      expect(await peer.end()).toEqual([]);
      if (state === 'SHUTTING DOWN') expect(outcomes).toEqual({ ...before, close: 'done' });
      else expect(outcomes).toEqual(isOpen ? all('com.example.enough') : { open: 'com.example.enough' });
      break;
    case 'ignored':
      expect(peer.unread).toEqual([]);
      expect(peer.closed).toBeUndefined();
      expect(outcomes).toEqual(before);
      // Only the router's GOODBYE counts now.
      peer.send(GOODBYE({}, 'wamp.close.goodbye_and_out'));
      expect(await peer.end()).toEqual([]);
      await settled();
      expect(outcomes.close).toBe('done');
      break;
    case 'answered':
      if (name === 'CHALLENGE') return peer.expect(AUTHENTICATE('s3cret', {}));
      expect(await peer.end()).toEqual([GOODBYE({}, 'wamp.close.goodbye_and_out')]);
      expect(outcomes).toEqual(all('wamp.close.system_shutdown'));
      break;
    case 'taken': {
      expect(peer.closed).toBeUndefined();
      if (state !== 'ESTABLISHED') return expect(outcomes).toEqual({ open: 'done' });
      const answered = answers[name];
      expect(outcomes).toEqual(answered ? { [answered[0]]: answered[1] } : {});
      expect(peer.unread).toEqual([]); // the endpoint still runs; EVENT and INTERRUPT need no answer
      const probe = session?.call('com.example.probe');
      const [, request] = await peer.next();
      peer.send(RESULT(request, {}, ['still here']));
      expect(await probe).toBe('still here');
      return;
    }
    default:
      outcome satisfies never;
  }
  expect(connection.session).toBeUndefined();
  expect(session?.subscriptions ?? []).toEqual([]);
  expect(session?.registrations ?? []).toEqual([]);
}

describe.each(clientStates)('a client in state %s', (state) => {
  const cells = names.map((name) => [dutyOf(state, name, atClient(state, name)), name, atClient(state, name)] as const);
  it.each(cells)('%s gets %s, with the result %s', async (_, name, outcome) => {
    const { session: bystander, peer: other } = await join();
    const stage = await stages[state]();
    stage.peer.send(sample(name, { pending }));
    await expectOutcome(stage, state, name, outcome);
    const call = bystander.call('com.example.probe');
    await other.expect(CALL(1, {}, 'com.example.probe'));
    other.send(RESULT(1, {}, ['unharmed']));
    expect(await call).toBe('unharmed');
  });
});

describe('a client in state SHUTTING DOWN', () => {
  it.each([[[]], [[99]], [[36, 'x']], [RESULT(5, { progress: 1 })]])('[C06] ignores everything but a message: %j', async (list) => {
    const stage = await stages['SHUTTING DOWN']();
    stage.peer.send(list);
    await expectOutcome(stage, 'SHUTTING DOWN', '', 'ignored');
  });

  it('[C06] closes the connection if the router sends nothing', async () => {
    const stage = await stages['SHUTTING DOWN']();
    await stage.clock.advance(2000);
    expect(await stage.peer.end()).toEqual([]);
    await settled();
    expect(stage.outcomes.close).toBe('done');
  });
});

describe('a client in state ESTABLISHED', () => {
  it.each([64, 66, 16, 32, 34])('[C11] accepts ERROR of type %i as the answer to that request', async (type) => {
    const request = { 16: 'PUBLISH', 32: 'SUBSCRIBE', 34: 'UNSUBSCRIBE', 64: 'REGISTER', 66: 'UNREGISTER' }[type] ?? '';
    const { peer, outcomes } = await established();
    peer.send(ERROR(type, pending[request as keyof typeof pending], {}, 'com.example.error'));
    await settled();
    expect(outcomes).toEqual({ [request]: 'com.example.error' });
  });

  it.each([68, 8, 1, 0, 50])('[C11] treats ERROR of type %i as a violation', async (type) => {
    const stage = await established();
    stage.peer.send(ERROR(type, 5, {}, 'com.example.error'));
    await expectOutcome(stage, 'ESTABLISHED', 'ERROR', 'violation');
  });

  const answerNames = ['PUBLISHED', 'SUBSCRIBED', 'UNSUBSCRIBED', 'RESULT', 'REGISTERED', 'UNREGISTERED', 'ERROR'];

  it.each(answerNames)('[C11] treats %s as a violation for a request that was never made', async (name) => {
    const stage = await established();
    const list = [...sample(name, { pending })];
    list[name === 'ERROR' ? 2 : 1] = 1000;
    stage.peer.send(list);
    await expectOutcome(stage, 'ESTABLISHED', name, 'violation');
  });

  it.each(answerNames)('[H3] [C11] drops %s for a request that was answered, with either kind of answer', async (name) => {
    const [request = '', how] = answers[name] ?? [];
    const stage = await established();
    const id = pending[request as keyof typeof pending];
    stage.peer.send(sample(name, { pending }), sample(name, { pending }), [8, requestTypes[request], id, {}, 'com.example.twice']);
    await settled();
    expect(stage.connection.session?.isOpen).toBe(true);
    expect(stage.outcomes).toEqual({ [request]: how });
    expect(stage.peer.unread).toEqual([]);
  });
});
