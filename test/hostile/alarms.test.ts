/* That a broken promise is heard of: each invariant is broken on purpose. */
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ABORT, CALL, ERROR, RESULT } from '../fixtures/messages.ts';
import { Random } from '../fuzz/random.ts';
import { Judge } from './answers.ts';
import { Arena } from './arena.ts';
import { attackOf, Campaign } from './campaign.ts';
import { catalogue } from './catalogue.ts';
import { decode, encode, formats } from './formats.ts';
import type { Invariant } from './invariants.ts';
import { Peer } from './peer.ts';

const BOUND_MS = 3000;
const MOST_BYTES = 400e6;

/** A line whose end is not cut when the attack is over. */
async function stranger(port: number): Promise<Peer> {
  const peer = await Peer.open({ port });
  await peer.join('arena');
  return peer;
}

const left: Peer[] = [];

const sabotages: readonly (readonly [Invariant, (campaign: Campaign) => unknown])[] = [
  ['honest calls answered late or never', ({ router }) => router.ask('stop', { ms: BOUND_MS + 300 })],
  [
    'wrong answers and orders',
    async ({ honest }) => {
      await honest.ask('lie');
      await pause(500);
    },
  ],
  [
    'honest sessions ended or refused',
    async ({ router, honest }) => {
      await router.ask('kill', { session: await honest.ask('sessionOf', { name: 'RawSocket subscriber' }) });
      await pause(1000);
    },
  ],
  ['internal errors', ({ router }) => router.ask('complain')],
  ['memory that did not come back', ({ router }) => router.ask('keep', { bytes: 30e6 })],
  [
    'memory beyond the bound',
    async ({ router }) => {
      await router.ask('keep', { bytes: MOST_BYTES });
      await pause(200);
      await router.ask('forget');
    },
  ],
  ['something left in the router', async ({ port }) => void left.push(await stranger(port))],
  ['the router died', ({ router }) => router.ask('crash').then(() => pause(500))],
];

describe('the alarms', () => {
  let campaign: Campaign;
  const told: string[] = [];

  beforeAll(async () => {
    campaign = await Campaign.open({
      seed: 1,
      boundMs: BOUND_MS,
      mostBytes: MOST_BYTES,
      calmMs: 2500,
      tell: (text) => told.push(text),
    });
    await campaign.round([]);
  });
  afterAll(() => campaign.close());

  test('report nothing when nothing is wrong', () => {
    expect(told).toEqual([]);
    expect(campaign.violations()).toEqual({});
  });

  test.each(sabotages)('report %s', async (invariant, sabotage) => {
    const before = campaign.violations();
    told.length = 0;
    campaign.sabotage = () => sabotage(campaign);
    await campaign.round([]);
    campaign.sabotage = undefined;
    const grown = Object.entries(campaign.violations()).filter(([name, count]) => before[name as Invariant] !== count);
    const names = grown.map(([name]) => name);
    expect(names).toContain(invariant);
    // On a busy machine a fault may also make the honest late, and leave for a moment what they wait for.
    expect([invariant, 'honest calls answered late or never', 'something left in the router']).toEqual(
      expect.arrayContaining(names),
    );
    expect(told.join('\n')).toMatch(/^VIOLATED \(seed 1; /);
    expect(told.join('\n')).toContain(`): ${invariant}: `);
    expect(campaign.report()).toMatch(new RegExp(`[1-9]\\d* ${invariant}`));
    // All is well again.
    for (const peer of left.splice(0)) peer.destroy();
    if (invariant !== 'the router died') await campaign.router.ask('forget');
  });
});

describe('the arena, with a router that misbehaves,', () => {
  let server: Server;
  /** To whatever comes, in this order. */
  let says: readonly string[];
  const told: string[] = [];
  const arena = (): Arena =>
    new Arena({
      port: (server.address() as { readonly port: number }).port,
      random: new Random(1, 1),
      secret: 'the secret',
      violate: (invariant, what) => told.push(`${invariant}: ${what}`),
    });

  beforeAll(async () => {
    server = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', async () => {
        for (const answer of says) {
          socket.write(answer, 'latin1');
          await pause(50);
        }
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => server.close());

  const text = (list: string): string => `\x81${String.fromCharCode(list.length)}${list}`;

  test.each([
    ['a message of the other side', text('[32,1,{},"a"]')],
    ['an answer that nobody asked for', text('[33,1,1]')],
    ['a message that is none', text('[33,1')],
    ['what honest sessions say', text('[36,1,1,{},["the secret"]]')],
  ])('reports %s', async (_what, bytes) => {
    told.length = 0;
    says = ['HTTP/1.1 101 Switching Protocols\r\n\r\n', bytes];
    const here = arena();
    const peer = await here.peer({ transport: 'websocket', format: 'json' });
    await pause(150);
    peer.destroy();
    here.close();
    expect(told.join('\n')).toContain('wrong answers to attackers');
  });

  test('reports HTTP answers that a router does not give', async () => {
    told.length = 0;
    says = ['HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n'];
    const here = arena();
    const attack = catalogue.find(({ name }) => name === 'hosts that are none');
    await attack?.run(here);
    here.close();
    expect(told.join('\n')).toContain('wrong answers to attackers: HTTP 500');
  });

  test('reports a request in a body that is answered', async () => {
    told.length = 0;
    says = ['HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'.repeat(2)];
    const here = arena();
    await catalogue.find(({ name }) => name === 'requests hidden in others')?.run(here);
    here.close();
    expect(told.join('\n')).toContain('2 answers to 1');
  });

  test('reports strangers who stay', { timeout: 20_000 }, async () => {
    told.length = 0;
    says = [];
    const here = arena();
    await here.expectGone([here.wire()], 'as asked');
    here.close();
    expect(told.join('\n')).toContain('strangers kept too long: 1 of 1');
  });
});

describe('a set of attacks', () => {
  test('is the same for the same seed, different for another seed, and each round has all attacks', () => {
    const names = (seed: number, from = 0): string[] =>
      catalogue
        .map((_, i) => attackOf(seed, from + i))
        .map(({ attack, random }) => `${attack.kind}: ${attack.name} ${random.next()}`);
    expect(names(7)).toEqual(names(7));
    expect(names(7)).not.toEqual(names(8));
    expect(new Set(names(7, catalogue.length).map((name) => name.replace(/ \S+$/, ''))).size).toBe(catalogue.length);
  });

  test.each(formats)('can be read back as it was written in %s', (format) => {
    const list = CALL(1, { a: { b: [1, -5, 1.5, true, null, 'é'.repeat(40)] } }, 'com.example.x', [2 ** 40, '', [], {}]);
    const plain = (value: unknown): unknown =>
      JSON.parse(JSON.stringify(value, (_, part) => (part instanceof Map ? Object.fromEntries(part) : part)));
    expect(plain(decode(format, encode(format, list)))).toEqual(list);
  });

  test('gets only answers that a router may give', () => {
    const judge = new Judge();
    judge.sent(CALL(7, {}, 'a.b'));
    expect(judge.complaint(RESULT(7, {}, [1]))).toBeUndefined();
    expect(judge.complaint(ERROR('CALL', 7, {}, 'wamp.error.x'))).toBeUndefined();
    expect(judge.complaint(RESULT(8, {}))).toContain('nobody asked');
    expect(judge.complaint(ERROR('SUBSCRIBE', 7, {}, 'wamp.error.x'))).toContain('nobody asked');
    expect(judge.complaint([50, 7, []])).toContain('no dict');
    expect(judge.complaint(CALL(7, {}, 'a.b'))).toContain('does not send');
    expect(judge.complaint(ABORT({}, 'wamp.close.normal'))).toBeUndefined();
    expect(judge.complaint(RESULT(7, {}))).toContain('after the end');
  });
});

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
