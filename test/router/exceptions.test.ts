/* Nothing that a transport, a hook or a listener throws reaches the process or another session. */
import { json, type Transport, type TransportReceiver } from 'autostrada';
import { Router } from 'autostrada/router';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CALL, ERROR, REGISTER, SUBSCRIBE } from '../fixtures/messages.ts';
import { joinedClient } from '../fixtures/scripted-peer.ts';

const uncaught: unknown[] = [];
const note = (error: unknown): void => void uncaught.push(error);

beforeEach(() => {
  uncaught.length = 0;
  process.on('uncaughtException', note).on('unhandledRejection', note);
});
afterEach(() => {
  process.off('uncaughtException', note).off('unhandledRejection', note);
});

const broken = (): never => {
  throw new Error('broken on purpose');
};
const quiet = async (): Promise<void> => {
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
};

interface Line extends Transport {
  receiver: TransportReceiver | undefined;
}

function line(faults: Partial<Transport>): Line {
  const base: Line = {
    serializer: json(),
    bufferedBytes: 0,
    receiver: undefined,
    start(receiver) {
      this.receiver = receiver;
    },
    send() {},
    pause() {},
    resume() {},
    close() {
      this.receiver?.closed({ clean: true });
    },
  };
  return Object.defineProperties(base, Object.getOwnPropertyDescriptors(faults)) as Line;
}

const hello = '[1,"realm1",{"roles":{"publisher":{},"subscriber":{},"caller":{},"callee":{}}}]';

/** A session with a fault beside an honest one, which is served until the end. */
async function beside(router: Router, act: () => void | Promise<void>): Promise<void> {
  const honest = await joinedClient(router);
  const served = async (request: number): Promise<void> => {
    honest.send(CALL(request, {}, 'wamp.session.get', [-1]));
    expect((await honest.next()).slice(0, 3)).toEqual([8, 48, request]);
  };
  await served(1);
  await act();
  await quiet();
  await served(2);
  honest.close();
  await quiet();
  expect(uncaught).toEqual([]);
  expect(router.stats()).toMatchObject({ sessions: 0, subscriptions: 0, registrations: 0, calls: 0, queuedBytes: 0 });
}

describe('a transport that throws', () => {
  const faults: readonly (readonly [string, () => Partial<Transport>])[] = [
    ['in start', () => ({ start: broken })],
    ['in send', () => ({ send: broken })],
    ['in close', () => ({ close: broken })],
    ['in pause', () => ({ pause: broken })],
    ['in resume', () => ({ resume: broken })],
    ['in bufferedBytes', () => Object.defineProperty({}, 'bufferedBytes', { get: broken, enumerable: true }) as Partial<Transport>],
    ['in maxFrameBytes', () => Object.defineProperty({}, 'maxFrameBytes', { get: broken, enumerable: true }) as Partial<Transport>],
    ['in its serializer when it encodes', () => ({ serializer: { ...json(), isStandard: false, encode: broken } })],
    ['in its serializer when it decodes', () => ({ serializer: { ...json(), isStandard: false, decode: broken } })],
  ];
  test.each(faults)('[G2] [R10] %s disturbs no other session', async (_where, fault) => {
    const router = new Router({ realms: { realm1: 'open' } });
    await beside(router, async () => {
      const transport = line(fault());
      router.attach(transport, { kind: 'memory' });
      transport.receiver?.frame(hello);
      transport.receiver?.frame('[32,1,{},"com.example.topic"]');
      transport.receiver?.frame('[64,2,{},"com.example.add"]');
      transport.receiver?.frame('[16,3,{"exclude_me":false},"com.example.topic",[1]]');
      await quiet();
      transport.receiver?.closed({ clean: false });
    });
    await router.close();
  });
});

describe('code around the router that throws', () => {
  const config = {
    realms: {
      realm1: {
        anonymous: 'guest',
        authroles: { guest: { permissions: [{ uri: 'wamp.', match: 'prefix' as const, allow: 'all' as const }] } },
      },
    },
  };

  test('[G2] [R10] in listeners of join and leave, and in the log, disturbs nobody', async () => {
    const router = new Router({ realms: { realm1: 'open' } }, { log: broken });
    router.on('join', broken);
    router.on('leave', broken);
    await beside(router, async () => {
      const other = await joinedClient(router);
      other.send(REGISTER(1, {}, 'com.example.add'));
      await other.next();
      other.close();
    });
    await router.close();
  });

  test.each([
    ['throws', broken],
    ['rejects', () => Promise.reject(new Error('broken on purpose'))],
  ])('[G2] [R62] in an authorizer that %s is answered, and disturbs nobody', async (_how, authorize) => {
    const router = new Router(config, { authorize });
    await beside(router, async () => {
      const other = await joinedClient(router);
      other.send(REGISTER(1, {}, 'com.example.add'), SUBSCRIBE(2, {}, 'com.example.topic'));
      expect((await other.next()).slice(0, 5)).toEqual(ERROR('REGISTER', 1, {}, 'wamp.error.authorization_failed'));
      expect((await other.next()).slice(0, 5)).toEqual(ERROR('SUBSCRIBE', 2, {}, 'wamp.error.authorization_failed'));
      other.close();
    });
    await router.close();
  });
});
