/* Connections without a session: counted in all and by address, apart from the sessions; a flood takes its own places away. */
import { json } from 'autostrada';
import { Router } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { networkOf } from '../../src/router/limits/crowd.ts';
import { memoryPair } from '../../src/transport/memory.ts';
import { Code, GOODBYE, HELLO } from '../fixtures/messages.ts';
import { ScriptedPeer } from '../fixtures/scripted-peer.ts';
import { expectAbort, roles } from './open-router.ts';

const hello = HELLO('realm1', { roles });
const ENOUGH = 'too many connections wait for a session';

function open(limits: object) {
  const log: string[] = [];
  const router = new Router(
    { realms: { realm1: 'open' }, limits },
    { log: ({ level, message }) => void (level === 'warn' && log.push(message)) },
  );
  onTestFinished(() => router.close());
  const attach = (peer?: string): ScriptedPeer => {
    const [theirs, ours] = memoryPair(json());
    router.attach(ours, { kind: 'websocket', peer });
    return new ScriptedPeer(theirs);
  };
  return { router, log, attach };
}

describe('a connection without a session', () => {
  test('[G2] [R84] is closed for the next one of its address, and others are not affected', async () => {
    const { router, log, attach } = open({ maxPendingPerAddress: 2 });
    const other = attach('10.0.0.2:1');
    const [first, second, third] = [attach('10.0.0.1:1'), attach('10.0.0.1:2'), attach('10.0.0.1:3')];
    await expectAbort(first, ENOUGH, 'wamp.error.unavailable');
    for (const peer of [other, second, third]) {
      peer.send(hello);
      expect((await peer.next())[0]).toBe(Code.WELCOME);
    }
    const fourth = attach('10.0.0.1:4');
    fourth.send(hello);
    expect((await fourth.next())[0]).toBe(Code.WELCOME);
    expect(router.stats()).toMatchObject({ sessions: 4, refusedConnections: 1 });
    expect(log).toEqual([expect.stringContaining('limits.maxPendingPerAddress')]);
  });

  test('[G2] [R84] is closed at the total limit, first for the address that has most', async () => {
    const { attach } = open({ maxPending: 3 });
    const single = attach('10.0.0.2:1');
    const oldest = attach('10.0.0.1:1');
    attach('10.0.0.1:2');
    attach('10.0.0.1:3');
    await expectAbort(oldest, ENOUGH, 'wamp.error.unavailable');
    single.send(hello);
    expect((await single.next())[0]).toBe(Code.WELCOME);
  });

  test('[G2] [R84] takes no place of a session, and is refused if all places are taken', async () => {
    const { router, attach } = open({ maxSessions: 1 });
    const [first, second, third] = [attach('10.0.0.1:1'), attach('10.0.0.1:2'), attach('10.0.0.1:3')];
    third.send(hello);
    expect((await third.next())[0]).toBe(Code.WELCOME);
    first.send(hello);
    await expectAbort(first, 'the router is full', 'wamp.error.unavailable');
    second.close();
    expect(router.stats().sessions).toBe(1);
  });

  test('[G2] [R84] counts again after GOODBYE', async () => {
    const { attach } = open({ maxPendingPerAddress: 1 });
    const first = attach('10.0.0.1:1');
    first.send(hello);
    await first.next();
    first.send(GOODBYE({}, 'wamp.close.normal'));
    await first.next();
    attach('10.0.0.1:2');
    await expectAbort(first, ENOUGH, 'wamp.error.unavailable');
  });
});

test.each([
  ['10.0.0.1:5000', '10.0.0.1'],
  ['::ffff:10.0.0.1:5000', '10.0.0.1'],
  ['[2001:db8:1:2::5]', '2001:db8:1:2::/64'],
  ['2001:0db8:1:2:3:4:5:6:5000', '2001:db8:1:2::/64'],
  ['::1:5000', '0:0:0:0::/64'],
  [undefined, undefined],
])('[G2] the address of %s counts as %s', (peer, network) => {
  expect(networkOf(peer)).toBe(network);
});
