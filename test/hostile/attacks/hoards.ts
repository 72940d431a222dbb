/* As much as the router keeps: each of them is cut off, or ends at a limit, and when the hoarder is gone it is gone. */

import { CALL, Code, GOODBYE, HELLO, PUBLISH, REGISTER, SUBSCRIBE } from '../../fixtures/messages.ts';
import { type Arena, attacksOf, sleep, type Wire } from '../arena.ts';
import { encode } from '../formats.ts';
import type { List, Peer } from '../peer.ts';

async function hoard(arena: Arena, make: (id: number) => List, most: number, inWrite = 200): Promise<Peer> {
  const peer = await arena.session();
  let refused = 0;
  peer.onMessage = (list) => {
    if (list[0] === Code.ERROR) refused++;
    return false;
  };
  const until = performance.now() + 3000;
  for (let id = 1; id <= most && performance.now() < until && peer.ended === undefined && refused < 2000; ) {
    const frames: Buffer[] = [];
    for (let i = 0; i < inWrite && id <= most; i++, id++) frames.push(peer.frame(encode(peer.format, make(id))));
    await peer.writeAll(Buffer.concat(frames));
  }
  return peer;
}

export const hoards = attacksOf('hoards', {
  async sessions(arena) {
    const peers = await arena.sessions(400);
    for (const peer of peers) peer.send(SUBSCRIBE(1, {}, 'attack.hoard'), REGISTER(2, { invoke: 'random' }, 'attack.hoard'));
    await sleep(1000);
  },

  async 'lines without HELLO'(arena) {
    const tried = await Promise.allSettled(Array.from({ length: 400 }, () => arena.peer()));
    const peers = tried.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    await arena.expectGone(peers, 'they never said HELLO');
  },

  async connections(arena) {
    const wires: Wire[] = [];
    for (let i = 0; i < 800; i++) wires.push(arena.wire());
    await arena.expectGone(wires, 'they never said anything');
  },

  async 'logins that are never finished'(arena) {
    const tried = await Promise.allSettled(Array.from({ length: 150 }, () => arena.peer()));
    const peers = tried.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    for (const peer of peers) peer.send(HELLO('members', { roles: { caller: {} }, authmethods: ['ticket'], authid: 'honest' }));
    await arena.expectGone(peers, 'they never said AUTHENTICATE');
  },

  async subscriptions(arena) {
    await hoard(
      arena,
      (id) => SUBSCRIBE(id, { match: arena.random.pick(['exact', 'prefix', 'wildcard']) }, `attack.hoard${id}`),
      30_000,
    );
    await sleep(200);
  },

  async registrations(arena) {
    await hoard(
      arena,
      (id) => REGISTER(id, { match: arena.random.pick(['exact', 'prefix', 'wildcard']) }, `attack.hoard${id}`),
      30_000,
    );
    await sleep(200);
  },

  async 'long names'(arena) {
    await hoard(arena, (id) => [arena.random.pick([32, 64]), id, {}, `attack.${'x'.repeat(20_000)}${id}`], 2000, 10);
  },

  async 'retained events with long lists'(arena) {
    const exclude = Array.from({ length: arena.random.pick([1000, 6000]) }, (_, i) => 1_000_000_000 + i);
    const names = Array.from({ length: arena.random.pick([1000, 3000]) }, (_, i) => `somebody${i}`);
    await hoard(arena, (id) => PUBLISH(id, { retain: true, exclude }, `attack.kept${id % 300}`), 300, 5);
    await hoard(arena, (id) => PUBLISH(id, { retain: true, exclude_authid: names }, `attack.keep${id % 300}`), 300, 5);
  },

  async 'retained events'(arena) {
    await hoard(arena, (id) => PUBLISH(id, { retain: true }, `attack.retained${id % 2000}`, ['x'.repeat(30_000)]), 2000, 5);
    const reader = await arena.session();
    reader.send(SUBSCRIBE(1, { match: 'prefix', get_retained: true }, 'attack.retained'));
    reader.socket.pause();
    await sleep(300);
  },

  async history(arena) {
    await hoard(
      arena,
      (id) =>
        PUBLISH(id, { exclude: Array.from({ length: arena.random.pick([900, 2000]) }, (_, i) => i + 1) }, `attack.kept.${id}`, [
          'x'.repeat(30_000),
        ]),
      500,
      5,
    );
    const reader = await arena.session();
    reader.send(SUBSCRIBE(1, { match: 'prefix' }, 'attack.kept'));
    const [, , subscription] = (await reader.next(33)) ?? [];
    for (let id = 2; id < 40; id++) reader.send(CALL(id, {}, 'wamp.subscription.get_events', [subscription], { limit: 1000 }));
    reader.socket.pause();
    await sleep(300);
  },

  async testaments(arena) {
    const args = (id: number): unknown[] => ['attack.heard.testament', ['x'.repeat(5000)], { id }];
    const peer = await hoard(arena, (id) => CALL(id, {}, 'wamp.session.add_testament', args(id)), 2000, 20);
    peer.send(GOODBYE({}, 'wamp.close.close_realm'));
    await sleep(300);
  },

  async 'answers that are never read'(arena) {
    const peers = await arena.sessions(10);
    for (const peer of peers) {
      peer.socket.pause();
      const frames = Array.from({ length: 3000 }, (_, i) =>
        peer.frame(
          encode(peer.format, CALL(i + 1, {}, arena.random.pick(['wamp.session.list', 'attack.nobody', 'wamp.registration.list']))),
        ),
      );
      peer.write(Buffer.concat(frames));
    }
    await sleep(2000);
  },

  async 'calls under way to many callees'(arena) {
    const callees = await arena.sessions(20);
    for (const callee of callees) {
      callee.send(REGISTER(1, { invoke: 'random' }, 'attack.hoarded'));
      callee.socket.pause();
    }
    await sleep(100);
    await hoard(arena, (id) => CALL(id, {}, 'attack.hoarded', ['x'.repeat(1000)]), 20_000);
  },

  async 'long lists of whom to leave out'(arena) {
    const lists = {
      exclude: Array.from({ length: 8000 }, (_, i) => i + 1),
      eligible: Array.from({ length: 4000 }, (_, i) => i + 1),
    };
    await hoard(arena, (id) => PUBLISH(id, lists, 'attack.heard.lists', [id]), 300, 5);
  },

  async 'details of HELLO'(arena) {
    for (const details of [
      { authid: 'x'.repeat(100_000) },
      { agent: 'x'.repeat(100_000) },
      { authmethods: Array(20_000).fill('x') },
      { authextra: { x: 'x'.repeat(100_000) } },
      Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`k${i}`, i])),
    ]) {
      const peer = await arena.peer();
      await peer.join('arena', details, 2000);
    }
    await sleep(200);
  },
});
