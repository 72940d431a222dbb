/*
 * What connections cost with the default limits when they hoard all that a stranger may have: one, and in `npm run test:hostile` a hundred of one
 * address. What is left after all garbage is gone is bounded; what the process took is told.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { CALL, Code, PUBLISH, REGISTER, SUBSCRIBE } from '../fixtures/messages.ts';
import { sleep } from './arena.ts';
import { Child } from './child.ts';
import { encode } from './formats.ts';
import { type List, Peer, upgradeRequest, webSocketFrame } from './peer.ts';
import { isLong } from './seed.ts';

const MIB = 2 ** 20;
const ONE_MOST = 64 * MIB;
/** The rest of 1 GiB is for what waits to be sent: `maxTotalQueuedBytes`. */
const HUNDRED_MOST = (1024 - 256) * MIB;

interface Look {
  readonly rss: number;
  readonly bytes: number;
  readonly loopMaxMs: number;
  readonly stats: {
    readonly sessions: number;
    readonly subscriptions: number;
    readonly registrations: number;
    readonly calls: number;
    readonly queuedBytes: number;
  };
}

const open: { destroy(): void }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.destroy();
});

async function router(): Promise<{ readonly port: number; look(): Promise<Look>; stats(): Promise<Look['stats']> }> {
  const [child, port] = await Child.start<number>('weighed.mjs', []);
  open.push({ destroy: () => child.end() });
  return { port, look: () => child.ask<Look>('look'), stats: () => child.ask<Look['stats']>('stats') };
}

/** As long as may be, of characters that take two bytes, and none begins as another does. */
function longUri(id: string): string {
  return `${id}${`.${'ж'.repeat(15)}`.repeat(63)}`.slice(0, 1024);
}

/** Of all sessions: an id that is under way must not be used again. */
let request = 0;

/** Asks until it is refused, or the other side reads no more. */
async function fill(peer: Peer, make: (id: number) => List, most: number): Promise<void> {
  let refusals = 0;
  peer.onMessage = (list) => {
    if (list[0] === Code.ERROR) refusals++;
    return false;
  };
  for (let id = 1; id <= most && refusals === 0 && peer.ended === undefined; ) {
    const frames: Buffer[] = [];
    for (let i = 0; i < 50 && id <= most; i++, id++) {
      const [code, , ...rest] = make(id);
      frames.push(peer.frame(encode('json', [code, ++request, ...rest])));
    }
    await peer.writeAll(Buffer.concat(frames));
    await sleep(0);
  }
  await peer.until(() => refusals > 0, 300);
}

async function session(port: number): Promise<Peer> {
  const peer = await Peer.open({ port, transport: 'rawsocket', format: 'json' });
  open.push(peer);
  expect(await peer.join('arena')).toBe(true);
  return peer;
}

const filler = 'x'.repeat(30_000);
/** Everything that is kept for a session. */
const hoards: { readonly [name: string]: (peer: Peer, name: string) => Promise<void> } = {
  subscriptions: (peer, name) => fill(peer, (id) => SUBSCRIBE(id, { match: 'wildcard' }, longUri(`s${name}${id}`)), 12_000),
  'short subscriptions': (peer, name) => fill(peer, (id) => SUBSCRIBE(id, {}, `s${name}${id}`), 12_000),
  registrations: (peer, name) =>
    fill(peer, (id) => REGISTER(id, { match: 'wildcard', invoke: 'random' }, longUri(`r${name}${id}`)), 12_000),
  async calls(peer, name) {
    peer.send(REGISTER(++request, {}, `c${name}`));
    await fill(peer, (id) => CALL(id, { receive_progress: true, timeout: 10_000_000 }, `c${name}`), 12_000);
  },
  async 'progressive calls'(peer, name) {
    peer.send(REGISTER(++request, { match: 'prefix' }, `p${name}`));
    await fill(peer, (id) => CALL(id, { progress: true }, longUri(`p${name}${id}`)), 12_000);
  },
  testaments: (peer, name) => fill(peer, (id) => CALL(id, {}, 'wamp.session.add_testament', [`t${name}`, [filler]]), 1000),
};

/** A message that never ends, and is as long as a batch may be; at first in tiny pieces. */
async function halfMessage(port: number): Promise<void> {
  const peer = await Peer.open({ port, transport: 'websocket', format: 'json' });
  peer.destroy(); // what it knows is plain messages
  const { connect } = await import('node:net');
  const socket = connect(port, '127.0.0.1');
  open.push(socket);
  socket.setNoDelay(true);
  socket.on('error', () => {}).resume();
  socket.write(upgradeRequest(port, 'wamp.2.json.batched'));
  await sleep(100);
  socket.write(webSocketFrame(1, Buffer.from('[1,"arena",{"roles":{"caller":{}}}]\x1e')));
  await sleep(200);
  const length = 2 * MIB;
  socket.write(webSocketFrame(1, Buffer.alloc(0), { length }));
  const pieces = 3000;
  for (let i = 0; i < pieces; i++) {
    socket.write(' ');
    await new Promise(setImmediate);
  }
  socket.write(Buffer.alloc(length - pieces - 1, 0x20));
}

function told(what: string, before: Look, after: Look): number {
  const kept = after.bytes - before.bytes;
  const [more, rss] = [kept, after.rss - before.rss].map((bytes) => `${(bytes / MIB).toFixed(1)} MiB`);
  console.log(
    `weight of ${what}: ${more} kept, the process took ${rss} more, its loop stopped for ${Math.round(after.loopMaxMs)} ms at most`,
  );
  return kept;
}

describe('[G2] [R84] with the default limits', () => {
  test.each(Object.keys(hoards))('one connection that hoards %s costs at most 64 MiB, and gives it back', async (name) => {
    const { port, look, stats } = await router();
    const before = await look();
    const peer = await session(port);
    await hoards[name]?.(peer, '0');
    const after = await look();
    expect(told(`one connection with ${name}`, before, after)).toBeLessThan(ONE_MOST);
    peer.destroy();
    await expect.poll(async () => (await stats()).sessions).toBe(0);
    expect((await look()).bytes - before.bytes).toBeLessThan(8 * MIB);
  });

  test('one connection that hoards everything costs at most 64 MiB', { timeout: 60_000 }, async () => {
    const { port, look, stats } = await router();
    const before = await look();
    const peer = await session(port);
    peer.send(SUBSCRIBE(++request, {}, 'unread'));
    for (const hoard of [hoards.testaments, hoards['progressive calls'], hoards.registrations, hoards.calls, hoards.subscriptions])
      await hoard?.(peer, '0');
    // What outlives it, and what waits for it.
    await fill(peer, (id) => PUBLISH(id, { retain: true }, `retained.${id}`, [filler]), 2000);
    const publisher = await session(port);
    peer.socket.pause();
    const event = publisher.frame(encode('json', PUBLISH(1, {}, 'unread', [filler])));
    // What the sockets of the system take is not the router's.
    for (let i = 0; i < 100 && (await stats()).queuedBytes < 3 * MIB; i++)
      await publisher.writeAll(Buffer.concat(Array(20).fill(event)));
    expect(peer.ended).toBeUndefined();
    const after = await look();
    expect(told('one connection with everything', before, after)).toBeLessThan(ONE_MOST);
  });

  test('half a message of one connection costs little more than its length', async () => {
    const { port, look } = await router();
    const before = await look();
    await halfMessage(port);
    await sleep(500);
    const after = await look();
    expect(after.stats.sessions).toBe(1);
    expect(told('one connection with half a message', before, after)).toBeLessThan(8 * MIB);
  });

  test.runIf(isLong)('a hundred connections of one address cost at most 1 GiB', { timeout: 300_000 }, async () => {
    const { port, look } = await router();
    const before = await look();
    for (let i = 0; i < 100; i++) {
      const peer = await session(port);
      const hoard = [hoards.subscriptions, hoards.registrations, hoards.calls, hoards.testaments][i % 4];
      await hoard?.(peer, String(i));
    }
    const first = await session(port);
    await fill(first, (id) => PUBLISH(id, { retain: true }, `retained.${id}`, [filler]), 2000);
    for (let i = 0; i < 100; i++) await halfMessage(port);
    await sleep(1000);
    const after = await look();
    const { sessions, subscriptions, registrations, calls } = after.stats;
    console.log(`${sessions} sessions, ${subscriptions} subscriptions, ${registrations} registrations, ${calls} calls`);
    expect(told('a hundred connections of one address, twice', before, after)).toBeLessThan(HUNDRED_MOST);
  });
});
