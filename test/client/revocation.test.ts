import { Connection } from 'autostrada';
import { Router } from 'autostrada/router';
import { expect, it } from 'vitest';
import { settled } from '../fixtures/manual-clock.ts';
import {
  ERROR,
  EVENT,
  REGISTERED,
  SUBSCRIBE,
  SUBSCRIBED,
  UNREGISTER,
  UNREGISTERED,
  UNSUBSCRIBE,
  UNSUBSCRIBED,
} from '../fixtures/messages.ts';
import { join } from '../fixtures/scripted-session.ts';

it.each(['an endpoint moves', ''])('[C34] [C58] a reason that is not a URI (%j) becomes the text of the error', async (reason) => {
  const { session, peer } = await join();
  const asking = [session.subscribe('a.b', () => {}), session.register('a.c', () => {})] as const;
  await peer.next();
  await peer.next();
  peer.send(
    SUBSCRIBED(1, 5),
    REGISTERED(2, 6),
    UNSUBSCRIBED(0, { subscription: 5, reason }),
    UNREGISTERED(0, { registration: 6, reason }),
  );
  const [subscription, registration] = await Promise.all(asking);
  expect(await subscription.ended).toMatchObject({ uri: 'wamp.error.no_such_subscription', args: [reason] });
  expect(await registration.ended).toMatchObject({ uri: 'wamp.error.no_such_registration', args: [reason] });
});

it('[C34] [C58] an unsubscribe and an unregister resolve if a revocation crosses them', async () => {
  const { session, peer } = await join();
  const asking = [session.subscribe('a.b', () => {}), session.register('a.c', () => {})] as const;
  await peer.next();
  await peer.next();
  peer.send(SUBSCRIBED(1, 5), REGISTERED(2, 6));
  const [subscription, registration] = await Promise.all(asking);
  const leaving = [subscription.unsubscribe(), registration.unregister()];
  peer.send(UNSUBSCRIBED(0, { subscription: 5 }), UNREGISTERED(0, { registration: 6 })); // before the router reads what we sent
  await peer.expect(UNSUBSCRIBE(3, 5));
  await peer.expect(UNREGISTER(4, 6));
  peer.send(
    ERROR('UNSUBSCRIBE', 3, {}, 'wamp.error.no_such_subscription'),
    ERROR('UNREGISTER', 4, {}, 'wamp.error.no_such_registration'),
  );
  expect(await Promise.all(leaving)).toEqual([undefined, undefined]);
  expect(session.isOpen).toBe(true);
});

it('[C34] a client can subscribe again after a revocation', async () => {
  const { session, peer } = await join();
  const heard: unknown[] = [];
  const handler = ([value]: [number]) => heard.push(value);
  const first = session.subscribe('a.b', handler);
  await peer.next();
  peer.send(SUBSCRIBED(1, 5), EVENT(5, 1, {}, [1]), UNSUBSCRIBED(0, { subscription: 5 }));
  await (await first).ended;
  const second = session.subscribe('a.b', handler);
  await peer.expect(SUBSCRIBE(2, {}, 'a.b'));
  peer.send(SUBSCRIBED(2, 8), EVENT(8, 2, {}, [2]));
  expect((await second).id).toBe(8);
  expect(heard).toEqual([1, 2]);
});

it('the end of the connection is not a revocation', async () => {
  const router = new Router({ realms: { realm1: 'open' } });
  const connection = new Connection({ url: router, realm: 'realm1', retry: false });
  const told: unknown[] = [];
  connection.on('error', (error, { where }) => told.push([where, error]));
  const handles = [connection.subscribe('com.test.news', () => {}), connection.register('com.test.add', () => 1)];
  await Promise.all(handles.map(({ ready }) => ready));
  router.kill(connection.session?.id ?? 0);
  const why = await connection.closed;
  await settled();
  expect(handles.map(({ state, error }) => [state, error])).toEqual([
    ['closed', why],
    ['closed', why],
  ]);
  expect(told).toEqual([['connection', why]]);
  await router.close();
});
