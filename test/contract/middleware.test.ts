import { type ApplicationError, type Connection, defineMiddleware } from 'autostrada';
import { defineContract } from 'autostrada/contract';
import { telemetry } from 'autostrada/telemetry';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { overMatrix } from '../fixtures/matrix.ts';
import { failure } from '../fixtures/scripted-session.ts';

const shop = defineContract({
  procedures: { 'com.shop.price': { args: v.tuple([v.string()]), kwargs: v.strictObject({}), result: v.number() } },
  topics: { 'com.shop.item..changed': { args: v.tuple([v.number()]) } },
});

overMatrix('middleware', (bench) => {
  it('[N12] [N14] middleware traces, changes and checks calls and events over a real connection', async () => {
    const spans: unknown[] = [];
    const traced = telemetry(
      {
        start({ kind, uri, parent }) {
          spans.push([kind, uri, parent]);
          return { traceparent: `${kind} ${uri}`, run: (work) => work(), end: () => {} };
        },
      },
      { inKwargs: true },
    );
    const who = defineMiddleware({
      invocation: (context, next) => next({ ...context, details: { ...context.details, _user: 'joe' } }),
    });
    const service: Connection = bench.connect({ middleware: [traced, who, shop] });
    const client = bench.connect({ middleware: [traced, shop] });
    await service.register('com.shop.price', ([sku]: [string], kwargs, { _user }) =>
      sku === 'bad' ? 'much' : Object.keys(kwargs).length + String(_user).length,
    ).ready;
    const events: unknown[] = [];
    const heard = new Promise((resolve) => {
      service.subscribe('com.shop.item.a1.changed', ([stock]: [number]) => {
        events.push(stock);
        if (stock === 2) resolve(undefined);
      });
    });
    const wrong = new Promise((resolve) =>
      service.on('error', (error, { where }) => resolve([(error as ApplicationError).uri, where])),
    );
    await service.handles[1]?.ready;
    expect(await client.call('com.shop.price', ['a1'])).toBe(3);
    expect(await failure(client.call('com.shop.price', [5]))).toMatchObject({
      uri: 'wamp.error.invalid_argument',
      kwargs: { issues: [{ path: ['args', 0] }] },
    });
    expect(await failure(client.call('com.shop.price', ['bad']))).toMatchObject({ kwargs: { issues: [{ path: ['result'] }] } });
    client.publish('com.shop.item.a1.changed', ['one']);
    client.publish('com.shop.item.a1.changed', [2]);
    await heard;
    expect(await wrong).toEqual(['wamp.error.invalid_argument', 'event']);
    expect(events).toEqual([2]);
    expect(spans.slice(0, 2)).toEqual([
      ['call', 'com.shop.price', undefined],
      ['invocation', 'com.shop.price', 'call com.shop.price'],
    ]);
    expect(spans.slice(-1)).toEqual([['event', 'com.shop.item.a1.changed', 'publish com.shop.item.a1.changed']]);
  });
});
