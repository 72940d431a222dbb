/* Our client with Crossbar.io as the router. */
import { Connection, type ConnectionOptions, type Credentials, json, ticket } from 'autostrada';
import { argon2id } from 'autostrada/argon2';
import { cbor } from 'autostrada/cbor';
import { cryptosign } from 'autostrada/cryptosign';
import * as meta from 'autostrada/meta';
import { msgpack } from 'autostrada/msgpack';
import { rawSocket } from 'autostrada/node';
import { scram } from 'autostrada/scram';
import { wampcra } from 'autostrada/wampcra';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { FaultProxy } from '../chaos/fault-proxy.ts';
import { failure } from '../fixtures/scripted-session.ts';
import { type Crossbar, findCrossbar, startCrossbar } from './crossbar.ts';
import { asks, calls, fillsAGap, givesUp, publishes } from './steps.ts';

const found = findCrossbar();
if ('whyNot' in found) it(`NO CROSSBAR.IO: ${found.whyNot}`, ({ skip }) => skip());

describe.runIf('program' in found)('a client of Crossbar.io', () => {
  let crossbar: Crossbar;
  let connections: Connection[] = [];
  beforeAll(async () => {
    if ('program' in found) crossbar = await startCrossbar(found.program);
  }, 120_000);
  afterAll(() => crossbar?.stop());
  afterEach(async () => {
    for (const connection of connections) await connection.close();
    connections = [];
  });

  const connect = (options: Partial<ConnectionOptions> = {}): Connection => {
    const connection = new Connection({ url: crossbar.webSocketUrl, realm: 'realm1', ...options });
    connections.push(connection);
    return connection;
  };

  const ways: { readonly [way: string]: () => Partial<ConnectionOptions> } = {
    'WebSocket, json': () => ({ serializers: [json()] }),
    'WebSocket, msgpack': () => ({ serializers: [msgpack()] }),
    'WebSocket, cbor': () => ({ serializers: [cbor()] }),
    'RawSocket, json': () => ({ url: rawSocket(crossbar.rawSocketUrl), serializers: [json()] }),
    'RawSocket, msgpack': () => ({ url: rawSocket(crossbar.rawSocketUrl), serializers: [msgpack()] }),
    'RawSocket, cbor': () => ({ url: rawSocket(crossbar.rawSocketUrl), serializers: [cbor()] }),
  };

  describe.each(Object.entries(ways))('over %s', (_, way) => {
    it('[C40] [C50] [C84] [C85] can call, with integers, bytes and errors', () => calls(connect(way()), connect(way())));

    it('[C41] [C52] can call with progress', async () => {
      const [callee, caller] = [connect(way()), connect(way())];
      await callee.register('com.example.count', async function* ([to]: [number]) {
        for (let i = 1; i < to; i++) yield i;
        return to;
      }).ready;
      const heard: unknown[] = [];
      const onProgress = (value: unknown): number => heard.push(value);
      expect(await caller.call('com.example.count', [3], null, { onProgress })).toBe(3);
      expect(heard).toEqual([1, 2]);
    });

    it('[C20] [C31] [C33] can publish and subscribe, by pattern too', () => publishes(connect(way()), connect(way())));
  });

  it('[C42] [C43] [C53] can cancel calls, and the endpoint stops', async () => {
    const caller = connect();
    // Its `timeout` is in seconds: the time is kept here, and the call cancelled there.
    await givesUp(connect(), caller);
    expect(await caller.call('wamp.session.count')).toBeTypeOf('number'); // the line is as it was
  });

  const logsIn = async (auth: Credentials, method: string): Promise<void> => {
    const session = await connect({ auth }).open();
    expect([session.authmethod, session.authrole]).toEqual([method, 'user']);
  };
  it('[C61] logs in by ticket', () => logsIn(ticket({ authid: 'joe', ticket: 'secret1' }), 'ticket'));
  it('[C62] logs in by WAMP-CRA', () => logsIn(wampcra({ authid: 'peter', secret: 'secret2' }), 'wampcra'));
  it('[C63] logs in by WAMP-CRA, salted', () => logsIn(wampcra({ authid: 'petra', secret: 'secret2' }), 'wampcra'));
  it('[C64] logs in by SCRAM, in the dialect from before the specification', () =>
    logsIn(scram({ authid: 'carol', password: 'secret3' }), 'scram'));
  it('[C65] logs in by SCRAM with Argon2id, in the same dialect', () =>
    logsIn(scram({ authid: 'dave@example.com', password: 'secret4', argon2id }), 'scram'));
  it('[C67] logs in by cryptosign', () => {
    const privateKey = Buffer.from([...Array(32).keys()]).toString('hex');
    return logsIn(cryptosign({ authid: 'client01', privateKey }), 'cryptosign');
  });

  it('gets the error for a wrong secret, and does not try for ever', async () => {
    const error = await failure(connect({ auth: ticket({ authid: 'joe', ticket: 'wrong' }) }).open());
    expect(error).toMatchObject({ name: 'JoinError' });
  });

  it('[C35] asks for sessions, registrations and subscriptions', () => asks(connect(), connect()));

  it('[N3] [N6] comes back after its session was killed, with all durable handles', async () => {
    const [killed, other] = [connect({ retry: { maxMs: 10 } }), connect()];
    killed.on('status', () => {});
    await killed.register('com.example.back', () => 'back').ready;
    const heard: unknown[] = [];
    const handle = killed.subscribe('com.example.back.news', ([value]: [unknown]) => heard.push(value));
    const first = await killed.open();
    await handle.ready;
    await meta.killSession(other, first.id, { reason: 'wamp.close.killed' });
    expect(await first.ended).toMatchObject({ uri: 'wamp.close.killed' });
    await expect.poll(() => handle.state).toBe('active');
    expect(killed.session?.id).not.toBe(first.id);
    expect(await other.call('com.example.back')).toBe('back');
    await other.publish('com.example.back.news', [1], null, { acknowledge: true });
    await expect.poll(() => heard).toEqual([1]);
  });

  it('[N3] takes a procedure back from its own lost session, and from no other', async () => {
    const proxy = await FaultProxy.open({ routerPort: () => crossbar.webPort, protocol: 'websocket' });
    onTestFinished(() => proxy.close());
    const url = `ws://127.0.0.1:${proxy.port}/ws`;
    const [callee, other] = [connect({ url, retry: { maxMs: 10 } }), connect()];
    callee.on('status', () => {});
    const registration = callee.register('com.example.haunted', () => callee.session?.id);
    const first = await callee.open();
    await registration.ready;
    proxy.fault({ kind: 'half-open', directions: ['up', 'down'], ghostMs: 60_000 });
    callee.reconnect(); // its GOODBYE does not arrive
    await expect.poll(() => registration.state, { timeout: 15_000 }).toBe('active');
    expect(callee.session?.id).not.toBe(first.id);
    expect(await other.call('com.example.haunted')).toBe(callee.session?.id);
    expect(await meta.listSessions(other)).toContain(first.id); // the ghost is still there

    expect(await failure(other.register('com.example.haunted', () => 'mine').ready)).toMatchObject({
      uri: 'wamp.error.procedure_already_exists',
    });
  });

  it('[N10] fills a gap from the router’s history', () => fillsAGap(connect({ retry: { maxMs: 10 } }), connect(), connect()));
});
