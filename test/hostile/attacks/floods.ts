/* As much as the line takes, as fast as it takes it. */

import { CALL, CANCEL, Code, GOODBYE, PUBLISH, REGISTER, SUBSCRIBE } from '../../fixtures/messages.ts';
import { type Arena, attacksOf, sleep } from '../arena.ts';
import { encode } from '../formats.ts';
import type { List, Peer } from '../peer.ts';

const SECONDS = 2;

/** Messages of ids 1, 2, 3 …, in writes of many, as fast as the router reads. */
async function flood(peer: Peer, make: (id: number) => List, most: number, from = 1, inWrite = 500): Promise<number> {
  const until = performance.now() + SECONDS * 1000;
  let id = from;
  while (id < from + most && performance.now() < until && peer.ended === undefined) {
    const frames: Buffer[] = [];
    for (let i = 0; i < inWrite && id < from + most; i++, id++) frames.push(peer.frame(encode(peer.format, make(id))));
    await peer.writeAll(Buffer.concat(frames));
  }
  return id;
}

async function audience(arena: Arena, topic: string, count: number): Promise<Peer[]> {
  const subscribers = await arena.sessions(count);
  for (const peer of subscribers) {
    peer.send(SUBSCRIBE(1, {}, topic));
    peer.deafen();
  }
  await sleep(200);
  return subscribers;
}

/** A session that floods, and whose answers are read and not looked at. */
async function flooder(arena: Arena): Promise<Peer> {
  const peer = await arena.session();
  peer.deafen();
  return peer;
}

export const floods = attacksOf('floods', {
  async 'a burst of events to many'(arena) {
    await audience(arena, 'attack.burst', 150);
    const publisher = await flooder(arena);
    const frames = Array.from({ length: 1000 }, (_, i) =>
      publisher.frame(encode(publisher.format, PUBLISH(i + 1, {}, 'attack.burst', ['hello']))),
    );
    publisher.write(Buffer.concat(frames));
    await sleep(2000);
  },

  async 'deep events to many of another format'(arena) {
    const subscribers = await arena.sessions(100, { format: arena.random.pick(['msgpack', 'cbor', 'json'] as const) });
    for (const peer of subscribers) {
      peer.send(SUBSCRIBE(1, {}, 'attack.deep'));
      peer.deafen();
    }
    await sleep(200);
    const publisher = await arena.session({ format: 'json' });
    arena.wild(publisher);
    const body = `${'['.repeat(1100)}${']'.repeat(1100)}`;
    for (let id = 1; id <= 10; id++) publisher.write(publisher.frame(Buffer.from(`[16,${id},{},"attack.deep",${body}]`)));
    await sleep(1000);
  },

  async 'large events to many, who do not read'(arena) {
    const subscribers = await arena.sessions(60);
    for (const peer of subscribers) {
      peer.send(SUBSCRIBE(1, {}, 'attack.large'));
      peer.socket.pause();
    }
    await sleep(200);
    await flood(await flooder(arena), (id) => PUBLISH(id, {}, 'attack.large', ['x'.repeat(50_000)]), 200, 1, 10);
  },

  async 'calls that nobody answers'(arena) {
    const callee = await arena.session();
    callee.send(REGISTER(1, { invoke: 'roundrobin' }, 'attack.never'));
    callee.deafen();
    await sleep(50);
    await flood(
      await flooder(arena),
      (id) => CALL(id, { timeout: arena.random.pick([0, 0, 1, 100_000]) }, 'attack.never', ['x'.repeat(50)]),
      20_000,
    );
  },

  async 'calls of what does not exist'(arena) {
    await flood(await flooder(arena), (id) => CALL(id, {}, `attack.nothing${id % 100}`), 20_000);
  },

  async 'calls, and they are cancelled at once'(arena) {
    const callee = await arena.session();
    callee.send(REGISTER(1, { invoke: 'roundrobin' }, 'attack.cancelled'));
    callee.deafen();
    const caller = await flooder(arena);
    let call = 0;
    const mode = (): string => arena.random.pick(['skip', 'kill', 'killnowait']);
    await flood(caller, (id) => (id % 2 ? CALL(++call, {}, 'attack.cancelled') : CANCEL(call, { mode: mode() })), 20_000);
  },

  async 'progress without end'(arena) {
    const callee = await arena.session();
    const caller = await flooder(arena);
    callee.send(REGISTER(1, { invoke: 'roundrobin' }, 'attack.progress'));
    await callee.next(65);
    caller.send(CALL(1, { receive_progress: true, progress: true }, 'attack.progress'));
    const invocation = await callee.next(68);
    callee.deafen();
    await Promise.all([
      flood(callee, () => [70, invocation?.[1] ?? 1, { progress: true }, ['x'.repeat(100)]], 20_000),
      flood(caller, () => CALL(1, { progress: true }, 'attack.progress', ['more']), 20_000),
    ]);
  },

  async 'progressive calls that are never finished'(arena) {
    const callee = await arena.session();
    callee.send(REGISTER(1, { invoke: 'roundrobin' }, 'attack.unfinished'));
    callee.deafen();
    await sleep(50);
    await flood(
      await flooder(arena),
      (id) => CALL(id, { progress: true, receive_progress: true }, 'attack.unfinished', [id]),
      20_000,
    );
  },

  async 'patterns of thousands of components'(arena) {
    for (const count of [100, 1000, 8000, 20_000, 60_000]) {
      for (const [code, match] of [
        [32, 'wildcard'],
        [64, 'wildcard'],
        [32, 'prefix'],
        [32, 'exact'],
        [64, 'prefix'],
      ] as const) {
        const peer = await arena.session();
        peer.send([
          code,
          1,
          { match },
          `attack${'.'.repeat(match === 'wildcard' ? count : 1)}${match === 'wildcard' ? '' : 'a.'.repeat(count)}a`,
        ]);
        await peer.next(() => true, 2000);
        if (arena.random.chance(0.5)) peer.send(GOODBYE({}, 'wamp.close.close_realm'));
        await peer.ends(30);
        peer.destroy();
      }
    }
    const peer = await arena.session();
    arena.wild(peer);
    for (const [code, id] of [
      [16, 1],
      [48, 2],
    ])
      peer.send([code, id, { acknowledge: true }, `attack.${'a.'.repeat(50_000)}a`]);
    await peer.ends(200);
  },

  async 'prefixes of all lengths'(arena) {
    const peer = await flooder(arena);
    const next = await flood(peer, (id) => SUBSCRIBE(id, { match: 'prefix' }, `attack.${'a'.repeat(id % 5000)}`), 5000, 1, 50);
    await flood(await flooder(arena), (id) => PUBLISH(id, {}, `attack.${'a'.repeat(10_000)}`), 200, 1, 10);
    peer.send(SUBSCRIBE(next, {}, 'attack.last'));
  },

  async 'wildcards that overlap'(arena) {
    const peer = await flooder(arena);
    const pattern = (id: number): string =>
      `attack.${Array.from({ length: 12 }, (_, bit) => (id & (1 << bit) ? '' : 'a')).join('.')}`;
    await flood(peer, (id) => SUBSCRIBE(id, { match: 'wildcard' }, pattern(id)), 4096, 1, 100);
    await flood(await flooder(arena), (id) => PUBLISH(id, {}, `attack.${Array(12).fill('a').join('.')}`), 300, 1, 10);
  },

  async 'procedures that come and go'(arena) {
    const peer = await arena.session();
    const ids: unknown[] = [];
    peer.onMessage = (list) => {
      if (list[0] === Code.REGISTERED || list[0] === Code.SUBSCRIBED) ids.push([list[0], list[2]]);
      return false;
    };
    const until = performance.now() + SECONDS * 1000;
    for (let id = 1; performance.now() < until && peer.ended === undefined; ) {
      const lists: List[] = [];
      for (let i = 0; i < 100; i++, id++) {
        const [kind, known] = (ids.shift() ?? []) as number[];
        if (known !== undefined) lists.push([kind === 65 ? 66 : 34, id, known]);
        else
          lists.push(
            id % 2 ? REGISTER(id, {}, `attack.churn${id % 1000}`) : SUBSCRIBE(id, { match: 'prefix' }, `attack.churn${id % 1000}`),
          );
      }
      await peer.writeAll(Buffer.concat(lists.map((list) => peer.frame(encode(peer.format, list)))));
      await sleep(1);
    }
  },

  async 'sessions that come and go'(arena) {
    const until = performance.now() + SECONDS * 1000;
    const comeAndGo = async (): Promise<void> => {
      while (performance.now() < until) {
        const peer = await arena.session();
        peer.send(
          SUBSCRIBE(1, {}, 'wamp.session.on_join'),
          SUBSCRIBE(2, {}, 'wamp.session.on_leave'),
          REGISTER(3, { invoke: 'random' }, 'attack.fleeting'),
        );
        if (arena.random.chance(0.3)) peer.send(GOODBYE({}, 'wamp.close.close_realm'));
        if (arena.random.chance(0.3)) peer.socket.resetAndDestroy();
        else peer.destroy();
      }
    };
    await Promise.all(Array.from({ length: 6 }, comeAndGo));
  },
});
