/* WAMP "Publishing": without `acknowledge` a publication is never answered. What the router does not take of them, its log tells. */
import { expect, test } from 'vitest';
import { Asker } from './asking.ts';
import { join, openRouter } from './open-router.ts';

test.each<[string, string, object, string]>([
  ['that is not allowed', 'b.forbidden', {}, 'guest may not publish b.forbidden'],
  ["of a topic that is the router's", 'wamp.a', {}, "topics below 'wamp.' are the router's"],
  ['that would say who it is', 'a.b', { disclose_me: true }, 'callers and publishers are not disclosed here'],
])('[H2] [R27] a publication without acknowledge %s is dropped, counted, and logged once', async (_, topic, options, text) => {
  const permissions = [
    { uri: 'a.', match: 'prefix', allow: 'all', disclose: false },
    { uri: 'wamp.', match: 'prefix', allow: ['call', 'publish'] },
  ] as const;
  const { router, log } = openRouter({ realms: { realm1: { anonymous: 'guest', authroles: { guest: { permissions } } } } });
  const asker = new Asker(await join(router));
  for (let round = 0; round < 2; round++) asker.send(16, options, topic);
  expect(await asker.ask('wamp.session.count')).toBe(1);
  expect(router.stats().droppedPublications).toBe(2);
  expect(log.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([expect.stringContaining(text)]);
});
