/* Our client with nexus as the router: what works between us works between others. */
import { Connection, json } from 'autostrada';
import { cbor } from 'autostrada/cbor';
import * as meta from 'autostrada/meta';
import { msgpack } from 'autostrada/msgpack';
import { rawSocket } from 'autostrada/node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildNexus, type Nexus, startNexus } from './nexus.ts';
import { asks, calls, fillsAGap, givesUp, publishes } from './steps.ts';

const built = buildNexus();
if ('whyNot' in built) it(`NO NEXUS: ${built.whyNot}`, ({ skip }) => skip());

const ways = {
  websocket: ({ webSocketUrl }: Nexus) => webSocketUrl,
  rawsocket: ({ rawSocketUrl }: Nexus) => rawSocket(rawSocketUrl),
};

describe.runIf('program' in built)('a client of nexus', () => {
  let nexus: Nexus | undefined;
  beforeAll(async () => {
    if ('program' in built) nexus = await startNexus(built.program);
  }, 60_000);
  afterAll(() => nexus?.stop());

  for (const [way, toUrl] of Object.entries(ways)) {
    describe.each([json(), msgpack(), cbor()])(`over ${way}, $name`, (serializer) => {
      let connections: Connection[] = [];
      const connect = (): Connection => {
        if (!nexus) throw new Error('nexus is not there');
        const connection = new Connection({ url: toUrl(nexus), realm: 'realm1', serializers: [serializer] });
        connections.push(connection);
        return connection;
      };
      afterEach(async () => {
        for (const connection of connections) await connection.close();
        connections = [];
      });

      it('[C40] [C50] [C84] [C85] can call, with integers, bytes and errors', () => calls(connect(), connect()));

      it('[C41] [C52] [C45] [C57] can call with progress, in both directions', async () => {
        const [callee, caller] = [connect(), connect()];
        await callee.register('com.example.sum', async ([first]: [number], _kwargs, { furtherInputs, sendProgress }) => {
          let sum = first;
          for await (const input of furtherInputs) {
            sum += Number(input);
            sendProgress(sum);
          }
          return sum;
        }).ready;
        const heard: unknown[] = [];
        const options = { inputsFrom: [2, 3], onProgress: (value: unknown) => heard.push(value) };
        expect(await caller.call('com.example.sum', [1], null, options)).toBe(6);
        expect(heard).toEqual([3, 6]);
      });

      it('[C42] [C43] [C53] can cancel calls, and the endpoint stops', () => givesUp(connect(), connect()));

      it('[C20] [C31] [C33] can publish and subscribe, by pattern too', () => publishes(connect(), connect()));

      it('[C35] asks for sessions, registrations and subscriptions', () => asks(connect(), connect()));
    });
  }

  it('[C35] hides that nexus forgets its history with the last subscriber', async () => {
    if (!nexus) throw new Error('nexus is not there');
    const fresh = await startNexus('program' in built ? built.program : '');
    const connection = new Connection({ url: fresh.webSocketUrl, realm: 'realm1' });
    try {
      await connection.subscribe('com.example.history', () => {}).ready;
      for (const value of [0, 1, 2]) await connection.publish('com.example.history', [value], null, { acknowledge: true });
      const subscription = (await meta.lookupSubscription(connection, 'com.example.history')) ?? 0;
      const values = (events: readonly { readonly args?: readonly unknown[] }[]) => events.map(({ args }) => args?.[0]);
      expect(values(await meta.getEvents(connection, subscription))).toEqual([0, 1, 2]);
      expect(values(await meta.getEvents(connection, subscription, { limit: 2 }))).toEqual([0, 1]);
      expect(values(await meta.getEvents(connection, subscription, { reverse: true, limit: 1 }))).toEqual([2]);
    } finally {
      await connection.close();
      fresh.stop();
    }
  });

  it('[N10] fills a gap from the history of nexus, which cannot begin at a publication', async () => {
    if (!nexus) throw new Error('nexus is not there');
    const fresh = await startNexus('program' in built ? built.program : '');
    const connections = [1, 2, 3].map(() => new Connection({ url: fresh.webSocketUrl, realm: 'realm1', retry: { maxMs: 10 } })) as [
      Connection,
      Connection,
      Connection,
    ];
    try {
      await fillsAGap(...connections);
    } finally {
      for (const connection of connections) await connection.close();
      fresh.stop();
    }
  });
});
