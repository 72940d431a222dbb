/*
 * Every message in every state of a router's session. At ESTABLISHED and SHUTTING DOWN the session has had a subscription, a registration, a call that
 * it waits for and one that it runs; a bystander has its share in both calls, and is never harmed.
 */
import type { Router } from 'autostrada/router';
import { describe, expect, test } from 'vitest';
import { settled } from '../fixtures/manual-clock.ts';
import {
  ABORT,
  AUTHENTICATE,
  CALL,
  CHALLENGE,
  Code,
  ERROR,
  GOODBYE,
  HELLO,
  INTERRUPT,
  INVOCATION,
  REGISTERED,
  RESULT,
  SUBSCRIBED,
  UNREGISTERED,
  UNSUBSCRIBED,
  YIELD,
} from '../fixtures/messages.ts';
import { type List, type ScriptedPeer, scriptedClient } from '../fixtures/scripted-peer.ts';
import { atRouter, names, type Outcome, routerStates, sample } from '../fixtures/states.ts';
import { expectUnread, openRouter, register, subscribe, VIOLATION } from './open-router.ts';

interface Stage {
  readonly client: ScriptedPeer;
  /** Has `com.example.other.run` and waits for a call of the client's procedure. */
  readonly bystander: ScriptedPeer;
  readonly router: Router;
  readonly clock: ReturnType<typeof openRouter>['clock'];
  readonly subscription?: number;
  readonly registration?: number;
}

const config = {
  realms: {
    realm1: {
      anonymous: 'guest',
      authroles: { guest: { permissions: 'all' }, user: { permissions: 'all' } },
      users: { joe: { authrole: 'user', ticket: 's3cret' } },
    },
  },
} as const;
const canceling = { features: { call_canceling: true } };
const roles = { publisher: {}, subscriber: {}, caller: {}, callee: canceling };

async function closed(): Promise<Stage> {
  const { router, clock } = openRouter(config);
  const bystander = scriptedClient(router);
  bystander.send(HELLO('realm1', { roles }));
  await bystander.next();
  await register(bystander, 'com.example.other.run', 1);
  return { router, clock, bystander, client: scriptedClient(router) };
}

async function established(): Promise<Stage> {
  const stage = await closed();
  const { client, bystander } = stage;
  client.send(HELLO('realm1', { roles }));
  await client.next();
  const subscription = (await subscribe(client, 'com.example.topic', 1)) as number;
  const registration = (await register(client, 'com.example.run', 2)) as number;
  client.send(CALL(3, {}, 'com.example.other.run'));
  await bystander.next();
  bystander.send(CALL(2, {}, 'com.example.run'));
  await client.expect(INVOCATION(1, registration, {}));
  expect(stage.router.stats()).toMatchObject({ sessions: 2, subscriptions: 1, registrations: 2, calls: 2 });
  return { ...stage, subscription, registration };
}

const stages: { readonly [state in (typeof routerStates)[number]]: () => Promise<Stage> } = {
  CLOSED: closed,
  async CHALLENGING() {
    const stage = await closed();
    stage.client.send(HELLO('realm1', { roles, authmethods: ['ticket'], authid: 'joe' }));
    await stage.client.expect(CHALLENGE('ticket', {}));
    return stage;
  },
  ESTABLISHED: established,
  async 'SHUTTING DOWN'() {
    const stage = await established();
    const [, session] = stage.router.sessions;
    stage.router.kill(session?.id ?? 0);
    await stage.client.expect(GOODBYE({}, 'wamp.close.killed'));
    await expectVacated(stage);
    return stage;
  },
};

/** What the session had is gone: the callee of its call is stopped, and who waits for it is told. */
async function expectVacated({ router, bystander }: Stage): Promise<void> {
  await settled();
  expect(router.stats()).toMatchObject({ sessions: 1, subscriptions: 0, registrations: 1, calls: 0 });
  await bystander.expect(ERROR('CALL', 2, {}, 'wamp.error.canceled', [expect.any(String)]));
  await bystander.expect(INTERRUPT(1, { mode: 'killnowait', reason: 'wamp.error.canceled' }));
}

/** What a message that is taken brings to its sender, and what to the bystander. */
const answers: { readonly [name: string]: { readonly client?: List; readonly bystander?: List } } = {
  SUBSCRIBE: { client: SUBSCRIBED(4, expect.any(Number)) },
  UNSUBSCRIBE: { client: UNSUBSCRIBED(4) },
  CALL: { client: ERROR('CALL', 4, {}, 'wamp.error.no_such_procedure', [expect.any(String)]) },
  REGISTER: { client: REGISTERED(4, expect.any(Number)) },
  UNREGISTER: { client: UNREGISTERED(4) },
  YIELD: { bystander: RESULT(2, {}) },
  ERROR: { bystander: ERROR('CALL', 2, {}, 'com.example.error') },
};

async function expectOutcome(stage: Stage, state: string, name: string, outcome: Outcome): Promise<void> {
  const { client, bystander, router } = stage;
  const isOpen = state === 'ESTABLISHED';
  await settled();
  switch (outcome) {
    case 'violation':
      expect(await client.end()).toEqual([ABORT({ message: expect.stringMatching(/^expected .* got |^got /) }, VIOLATION)]);
      expect(client.closed).toMatchObject({ code: 1002, reason: VIOLATION });
      if (isOpen) await expectVacated(stage);
      break;
    case 'closed':
      expect(await client.end()).toEqual([]);
      if (isOpen) await expectVacated(stage);
      break;
    case 'ignored':
      expect(client.unread).toEqual([]);
      expect(client.closed).toBeUndefined();
      client.send(GOODBYE({}, 'wamp.close.goodbye_and_out')); // only this counts
      expect(await client.end()).toEqual([]);
      break;
    case 'answered':
      if (name === 'GOODBYE') {
        await client.expect(GOODBYE({}, 'wamp.close.goodbye_and_out'));
        await expectVacated(stage);
        client.send(HELLO('realm1', { roles })); // the line may carry another session
      }
      expect((await client.next())[0]).toBe(Code.WELCOME);
      expect(router.stats().sessions).toBe(2);
      return;
    case 'taken': {
      expect(router.stats().sessions).toBe(2);
      const { client: answer, bystander: told } = answers[name] ?? {};
      if (answer) await client.expect(answer);
      if (told) await bystander.expect(told);
      await expectUnread(client);
      await expectUnread(bystander);
      const isRequest = ['PUBLISH', 'SUBSCRIBE', 'UNSUBSCRIBE', 'CALL', 'REGISTER', 'UNREGISTER'].includes(name);
      await subscribe(client, 'com.example.probe', isRequest ? 5 : 4);
      return;
    }
    default:
      outcome satisfies never;
  }
  expect(router.stats().sessions).toBe(1);
}

/** The bystander still calls itself, and hears nothing else. */
async function expectUnharmed({ bystander }: Stage, request: number, invocation: number): Promise<void> {
  bystander.send(CALL(request, {}, 'com.example.other.run', ['unharmed']));
  await bystander.expect(INVOCATION(invocation, expect.any(Number), {}, ['unharmed']));
  bystander.send(YIELD(invocation, {}, ['unharmed']));
  await bystander.expect(RESULT(request, {}, ['unharmed']));
  await expectUnread(bystander);
}

function dutyOf(state: string, name: string, outcome: Outcome): string {
  if (state === 'SHUTTING DOWN') return '[R06]';
  if (name === 'ABORT') return '[R07]';
  if (state === 'CLOSED') return name === 'HELLO' ? '[R03]' : '[R01]';
  if (state === 'CHALLENGING') return outcome === 'violation' ? '[R05]' : '[R04]';
  if (name === 'GOODBYE') return '[R06] [R07]';
  return outcome === 'violation' ? '[R05] [R07]' : '[R10]';
}

describe.each(routerStates)('a router in state %s', (state) => {
  const cells = names.map((name) => [dutyOf(state, name, atRouter(state, name)), name, atRouter(state, name)] as const);
  test.each(cells)('%s gets %s, with the result %s', async (_, name, outcome) => {
    const stage = await stages[state]();
    const hasCalled = stage.subscription !== undefined;
    stage.client.send(sample(name, { request: 4, ...stage }));
    await expectOutcome(stage, state, name, outcome);
    await expectUnharmed(stage, hasCalled ? 3 : 2, hasCalled ? 2 : 1);
  });

  test.each([[[]], [[99]], [[32, 'x']], [YIELD(1, { progress: 1 })]])(
    '[R10] treats %j, which is not a message, as a violation',
    async (list) => {
      const stage = await stages[state]();
      const hasCalled = stage.subscription !== undefined;
      stage.client.send(list);
      await expectOutcome(stage, state, '', state === 'SHUTTING DOWN' ? 'ignored' : 'violation');
      await expectUnharmed(stage, hasCalled ? 3 : 2, hasCalled ? 2 : 1);
    },
  );
});

describe('a router in state ESTABLISHED', () => {
  test.each([16, 32, 34, 48, 64, 66, 0, 8])('[R05] treats ERROR of type %i as a violation', async (type) => {
    const stage = await established();
    stage.client.send(ERROR(type, 1, {}, 'com.example.error'));
    await expectOutcome(stage, 'ESTABLISHED', 'ERROR', 'violation');
  });
});

describe('a router that waits for a client', () => {
  test.each([
    ['CLOSED', VIOLATION],
    ['CHALLENGING', 'wamp.error.authentication_failed'],
  ] as const)('[R01] [R04] in state %s aborts after its time', async (state, reason) => {
    const { client, clock } = await stages[state]();
    await clock.advance(10_000);
    expect(await client.end()).toEqual([ABORT({ message: expect.any(String) }, reason)]);
  });

  test('[R06] in state SHUTTING DOWN closes the connection, and sends nothing more', async () => {
    const { client, clock } = await stages['SHUTTING DOWN']();
    await clock.advance(1000);
    expect(await client.end()).toEqual([]);
  });

  test('[R04] in state CHALLENGING aborts after a wrong proof', async () => {
    const { client } = await stages.CHALLENGING();
    client.send(AUTHENTICATE('wrong', {}));
    expect(await client.end()).toEqual([ABORT({ message: expect.any(String) }, 'wamp.error.authentication_denied')]);
  });
});
