/*
 * The specification's vectors of messages that must be refused, on the wire: each comes as a frame to an end that may receive it, which
 * aborts, and nobody else notices.
 */
import { json, type Serializer } from 'autostrada';
import { cbor } from 'autostrada/cbor';
import { msgpack } from 'autostrada/msgpack';
import { Router } from 'autostrada/router';
import { describe, expect, it, onTestFinished } from 'vitest';
import { settled } from '../fixtures/manual-clock.ts';
import { ABORT, EVENT, PUBLISH, REGISTER, RESULT, SUBSCRIBE, SUBSCRIBED } from '../fixtures/messages.ts';
import { joinedClient, type ScriptedPeer } from '../fixtures/scripted-peer.ts';
import { join } from '../fixtures/scripted-session.ts';
import { foreignKeys, isHere, type ValidationSample, validation, whyNot } from '../fixtures/vectors.ts';

const serializers: readonly (() => Serializer)[] = [json, msgpack, cbor];

/** WAMP "Message Codes and Direction": what only a client receives, and what only a router. The others, both. */
const toClient = [2, 4, 17, 33, 35, 36, 50, 65, 67, 68, 69];
const toRouter = [1, 5, 16, 32, 34, 48, 49, 64, 66, 70, 337];

const refused = validation.filter(({ expected_error, description }) => expected_error && !foreignKeys.includes(description));
const byName = (samples: readonly ValidationSample[]): [string, readonly unknown[], string][] =>
  samples.map(({ description, wmsg, expected_error }) => [description, wmsg, expected_error?.contains ?? '']);
const codeOf = ({ wmsg }: ValidationSample): number => Number(wmsg[0]);

/** It said why, and nothing else, and closed the connection. */
async function expectAborted(peer: ScriptedPeer): Promise<void> {
  const [abort, ...more] = await peer.end();
  expect([abort, more]).toEqual([ABORT({ message: expect.stringMatching(/^expected /) }, 'wamp.error.protocol_violation'), []]);
  expect(peer.closed).toMatchObject({ code: 1002 });
}

describe.runIf(isHere)('an invalid message', () => {
  it('is one of 22 in the vectors, or of 6 more in Autobahn’s dialect', () => {
    expect(refused.length).toBe(22);
    expect(foreignKeys.length).toBe(6);
  });

  describe.each(serializers.map((make) => [make().name, make] as const))('in %s', (_name, make) => {
    const clients = refused.filter((sample) => !toRouter.includes(codeOf(sample)));
    it.each(byName(clients))('[C11] [C86] ends a client’s session: %s', async (_, list) => {
      const { session: bystander, peer: other } = await join();
      const { session, peer } = await join({ serializers: [make()] }, undefined, make());
      const call = session.call('com.example.pending').catch((error: unknown) => error);
      await peer.next();
      peer.send(list);
      await expectAborted(peer);
      expect(await call).toMatchObject({ name: 'ConnectionLostError', uri: 'wamp.error.protocol_violation' });
      expect(session).toMatchObject({ isOpen: false });
      const unharmed = bystander.call('com.example.probe');
      await other.next();
      other.send(RESULT(1, {}, ['unharmed']));
      expect(await unharmed).toBe('unharmed');
    });

    const routers = refused.filter((sample) => !toClient.includes(codeOf(sample)));
    it.each(byName(routers))('[R10] [C86] ends a router’s session: %s', async (_, list) => {
      const router = new Router({ realms: { realm1: 'open' } });
      onTestFinished(() => router.close());
      const bystander = await joinedClient(router, 'realm1', make());
      const attacker = await joinedClient(router, 'realm1', make());
      attacker.send(SUBSCRIBE(1, {}, 'com.example.topic'), REGISTER(2, {}, 'com.example.run'));
      await attacker.next();
      await attacker.next();
      attacker.send(list, PUBLISH(3, {}, 'com.example.topic')); // what follows is not taken
      await expectAborted(attacker);
      await settled();
      expect(router.stats()).toMatchObject({ sessions: 1, subscriptions: 0, registrations: 0 });
      bystander.send(SUBSCRIBE(1, {}, 'com.example.topic'), PUBLISH(2, { exclude_me: false }, 'com.example.topic', ['unharmed']));
      await bystander.expect(SUBSCRIBED(1, expect.any(Number)));
      await bystander.expect(EVENT(expect.any(Number), expect.any(Number), {}, ['unharmed']));
      expect(bystander.unread).toEqual([]);
      bystander.close();
    });
  });
});

if (!isHere) it(whyNot, ({ skip }) => skip(whyNot));
