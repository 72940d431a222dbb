/* What a stranger says before WELCOME is short, on any transport. */
import { json, type Transport } from 'autostrada';
import { Router } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { memoryPair } from '../../src/transport/memory.ts';
import { ABORT, AUTHENTICATE, Code, GOODBYE, HELLO, PUBLISH } from '../fixtures/messages.ts';
import { ScriptedPeer } from '../fixtures/scripted-peer.ts';
import { roles } from './open-router.ts';

const LIMIT = 2000;
const SIZE = 'wamp.error.payload_size_exceeded';

function open(faults: Partial<Transport> = {}) {
  const router = new Router({
    realms: {
      realm1: {
        anonymous: 'guest',
        authroles: { guest: { permissions: [{ uri: 'a.', match: 'prefix', allow: 'all' }] } },
        users: { joe: { authrole: 'guest', ticket: 'x'.repeat(LIMIT) } },
      },
    },
    limits: { maxHelloBytes: LIMIT, maxMessageBytes: 10 * LIMIT },
  });
  onTestFinished(() => router.close({ goodbye: false }));
  const [theirs, ours] = memoryPair(json());
  router.attach(Object.assign(ours, faults), { kind: 'memory' });
  return { router, peer: new ScriptedPeer(theirs) };
}

/** HELLO of exactly so many bytes. */
function hello(bytes: number, letter = 'x'): readonly unknown[] {
  const message = (text: string): readonly unknown[] => HELLO('realm1', { roles, x_pad: text });
  const room = bytes - Buffer.byteLength(JSON.stringify(message('')));
  return message(letter.repeat(room / Buffer.byteLength(letter)) + 'x'.repeat(room % Buffer.byteLength(letter)));
}

describe('[G2] [R84] a message before WELCOME', () => {
  test('may have maxHelloBytes, and one more byte ends the connection', async () => {
    const fine = open();
    fine.peer.send(hello(LIMIT));
    expect((await fine.peer.next())[0]).toBe(Code.WELCOME);
    const { peer } = open();
    peer.send(hello(LIMIT + 1));
    const message = `expected a message of at most ${LIMIT} bytes before WELCOME, got one of ${LIMIT + 1}`;
    expect(await peer.next()).toEqual(ABORT({ message }, SIZE));
    await expect(peer.next()).rejects.toThrow();
  });

  test('is measured in bytes, not characters', async () => {
    const fine = open();
    fine.peer.send(hello(LIMIT, 'ä'));
    expect((await fine.peer.next())[0]).toBe(Code.WELCOME);
    const { peer } = open();
    peer.send(hello(LIMIT + 1, 'ä'));
    expect((await peer.next())[2]).toBe(SIZE);
  });

  test('may be AUTHENTICATE, which is limited as well', async () => {
    const { peer } = open();
    peer.send(HELLO('realm1', { roles, authid: 'joe', authmethods: ['ticket'] }));
    expect((await peer.next())[0]).toBe(Code.CHALLENGE);
    peer.send(AUTHENTICATE('x'.repeat(LIMIT), {}));
    expect((await peer.next())[2]).toBe(SIZE);
  });

  test('is limited, those of the session are not, and after GOODBYE the limit applies again', async () => {
    const { peer } = open();
    const long = PUBLISH(1, { acknowledge: true }, 'a.b', ['x'.repeat(2 * LIMIT)]);
    peer.send(hello(100), long); // at once: WELCOME has gone out before the second is looked at
    expect((await peer.next())[0]).toBe(Code.WELCOME);
    expect((await peer.next())[0]).toBe(Code.PUBLISHED);
    peer.send(GOODBYE({}, 'wamp.close.close_realm'));
    expect((await peer.next())[0]).toBe(Code.GOODBYE);
    peer.send(hello(LIMIT + 1));
    expect((await peer.next())[2]).toBe(SIZE);
  });

  test('has a limit of which the transport is told', async () => {
    const told: number[] = [];
    const { peer } = open({ limitMessages: (bytes) => void told.push(bytes) });
    expect(told).toEqual([LIMIT]);
    peer.send(hello(100));
    await peer.next();
    expect(told).toEqual([LIMIT, 10 * LIMIT]);
    peer.send(GOODBYE({}, 'wamp.close.close_realm'));
    await peer.next();
    expect(told).toEqual([LIMIT, 10 * LIMIT, LIMIT]);
  });

  test('is not limited in this process', async () => {
    const { router } = open();
    const transport = await router.as({ authid: 'me', authrole: 'guest' }).connect({
      serializers: [json()],
      signal: new AbortController().signal,
    });
    const peer = new ScriptedPeer(transport);
    peer.send(hello(LIMIT + 1));
    expect((await peer.next())[0]).toBe(Code.WELCOME);
  });
});
