import { describe, expect, test } from 'vitest';
import { parseTime } from '../../src/router/broker/history-filter.ts';
import { ERROR } from '../fixtures/messages.ts';
import { Asker, firsts, GET_EVENTS } from './asker.ts';
import { join, openRouter } from './open-router.ts';

const first = 1_000_000; // where a ManualClock begins
const at = (n: number): string => new Date(first + n * 1000).toISOString();

/** Six events a second apart, 1 to 6; the odd ones of topic com.a, the even ones of com.b. */
async function past() {
  const authroles = { guest: { permissions: 'all' as const } };
  const history = [{ uri: 'com.', match: 'prefix' as const, limit: 6 }];
  const { router, clock } = openRouter({ realms: { realm1: { anonymous: 'guest', authroles, history } } });
  const asker = new Asker(await join(router));
  const id = await asker.subscribe('com.', { match: 'prefix' });
  const forgotten = await asker.publish('com.a', [0]);
  const publications = [forgotten];
  for (let n = 1; n <= 6; n++) {
    await clock.advance(1000);
    publications.push(await asker.publish(n % 2 ? 'com.a' : 'com.b', [n]));
  }
  return { asker, id, publications };
}

type Publications = readonly number[];

test.each<[string, (publication: Publications) => object, number[]]>([
  ['nothing', () => ({}), [1, 2, 3, 4, 5, 6]],
  ['nulls', () => ({ limit: null, reverse: null, topic: null, from_time: null, from_publication: null }), [1, 2, 3, 4, 5, 6]],
  ["keywords of the caller's own, which begin with _", () => ({ _colour: 'red' }), [1, 2, 3, 4, 5, 6]],
  ['limit', () => ({ limit: 2 }), [1, 2]],
  ['a limit of more than there is', () => ({ limit: 100 }), [1, 2, 3, 4, 5, 6]],
  ['reverse', () => ({ reverse: true }), [6, 5, 4, 3, 2, 1]],
  ['reverse: false', () => ({ reverse: false }), [1, 2, 3, 4, 5, 6]],
  ['limit and reverse: the newest', () => ({ limit: 2, reverse: true }), [6, 5]],
  ['from_time, with', () => ({ from_time: at(4) }), [4, 5, 6]],
  ['after_time, without', () => ({ after_time: at(4) }), [5, 6]],
  ['before_time, without', () => ({ before_time: at(4) }), [1, 2, 3]],
  ['until_time, with', () => ({ until_time: at(4) }), [1, 2, 3, 4]],
  [
    'times between events',
    () => ({ after_time: '1970-01-01T00:16:41.9999Z', before_time: '1970-01-01T00:16:44.0001Z' }),
    [2, 3, 4],
  ],
  ['a time elsewhere', () => ({ from_time: '1970-01-01T02:16:45+02:00' }), [5, 6]],
  ['all times at once', () => ({ from_time: at(2), after_time: at(2), until_time: at(5), before_time: at(5) }), [3, 4]],
  ['times that exclude each other', () => ({ from_time: at(5), until_time: at(2) }), []],
  ['topic', () => ({ topic: 'com.b' }), [2, 4, 6]],
  ['a topic without events', () => ({ topic: 'org.c' }), []],
  ['from_publication, with', (publication) => ({ from_publication: publication[3] }), [3, 4, 5, 6]],
  ['after_publication, without', (publication) => ({ after_publication: publication[3] }), [4, 5, 6]],
  ['before_publication, without', (publication) => ({ before_publication: publication[3] }), [1, 2]],
  ['until_publication, with', (publication) => ({ until_publication: publication[3] }), [1, 2, 3]],
  ['after the last', (publication) => ({ after_publication: publication[6] }), []],
  ['before the first', (publication) => ({ before_publication: publication[1] }), []],
  ['two publications', (publication) => ({ after_publication: publication[2], until_publication: publication[5] }), [3, 4, 5]],
  ['from and after', (publication) => ({ from_publication: publication[2], after_publication: publication[4] }), [5, 6]],
  ['before and until', (publication) => ({ before_publication: publication[5], until_publication: publication[2] }), [1, 2]],
  [
    'publications that exclude each other',
    (publication) => ({ from_publication: publication[5], before_publication: publication[2] }),
    [],
  ],
  ['after one that is kept no more: all', (publication) => ({ after_publication: publication[0] }), [1, 2, 3, 4, 5, 6]],
  ['from one that is kept no more: all', (publication) => ({ from_publication: publication[0] }), [1, 2, 3, 4, 5, 6]],
  ['before one that is kept no more: none', (publication) => ({ before_publication: publication[0] }), []],
  ['until one that is kept no more: none', (publication) => ({ until_publication: publication[0] }), []],
  [
    'everything',
    (publication) => ({
      topic: 'com.b',
      from_time: at(1),
      before_time: at(6),
      after_publication: publication[1],
      reverse: true,
      limit: 1,
    }),
    [4],
  ],
])('[R30] get_events filters by %s', async (_, filter, found) => {
  const { asker, id, publications } = await past();
  expect(firsts(await asker.events(id, filter(publications)))).toEqual(found);
});

test.each<[object, string]>([
  [{ limit: 0 }, 'limit: expected a positive integer, got 0'],
  [{ limit: -1 }, 'limit: expected a positive integer, got -1'],
  [{ limit: 1.5 }, 'limit: expected a positive integer, got 1.5'],
  [{ limit: '5' }, 'limit: expected a positive integer, got "5"'],
  [{ reverse: 1 }, 'reverse: expected a boolean, got 1'],
  [{ topic: 7 }, 'topic: expected a URI, got 7'],
  [{ topic: 'com..b' }, 'topic: expected a URI, got "com..b"'],
  [{ from_time: 1000 }, 'from_time: expected a time as in RFC 3339, got 1000'],
  [{ after_time: 'yesterday' }, 'after_time: expected a time as in RFC 3339, got "yesterday"'],
  [{ before_time: '2024-02-30T00:00:00Z' }, 'before_time: expected a time as in RFC 3339, got "2024-02-30T00:00:00Z"'],
  [{ until_time: '' }, 'until_time: expected a time as in RFC 3339, got ""'],
  [{ from_publication: 0 }, 'from_publication: expected an id from 1 to 2^53, got 0'],
  [{ after_publication: '1' }, 'after_publication: expected an id from 1 to 2^53, got "1"'],
  [{ before_publication: [] }, 'before_publication: expected an id from 1 to 2^53, got []'],
  [{ until_publication: 1.5 }, 'until_publication: expected an id from 1 to 2^53, got 1.5'],
])('[R30] get_events refuses %j', async (filter, text) => {
  const { asker, id } = await past();
  const request = asker.send(48, {}, GET_EVENTS, [id], filter);
  await asker.peer.expect(ERROR('CALL', request, {}, 'wamp.error.invalid_argument', [text]));
});

describe('a time', () => {
  test.each([
    ['1970-01-01T00:00:00Z', 0],
    ['1970-01-01t00:00:00z', 0],
    ['1970-01-01 00:00:01Z', 1000],
    ['1970-01-01T00:00:00.5Z', 500],
    ['1970-01-01T00:00:00.0005Z', 0.5],
    ['1970-01-01T00:00:00.000000001Z', 0.000001],
    ['1970-01-01T01:00:00+01:00', 0],
    ['1969-12-31T18:30:00-05:30', 0],
    ['1970-01-01T00:00:00-00:00', 0],
    ['2024-02-29T12:00:00Z', 1_709_208_000_000],
    ['2016-12-31T23:59:60Z', 1_483_228_800_000],
    ['0001-01-01T00:00:00Z', -62_135_596_800_000],
  ])('may be %s', (text, time) => {
    expect(parseTime(text)).toBeCloseTo(time, 9);
  });

  test.each([
    '1970-01-01',
    '1970-01-01T00:00:00',
    '1970-01-01T00:00Z',
    '1970-01-01T24:00:00Z',
    '1970-01-01T00:60:00Z',
    '1970-01-01T00:00:61Z',
    '1970-13-01T00:00:00Z',
    '1970-00-01T00:00:00Z',
    '1970-01-00T00:00:00Z',
    '2023-02-29T00:00:00Z',
    '1970-01-01T00:00:00.Z',
    '1970-01-01T00:00:00+1:00',
    '1970-01-01T00:00:00+24:00',
    '1970-01-01T00:00:00+0100',
    ' 1970-01-01T00:00:00Z',
    '1970-01-01T00:00:00Z\n',
    '+01970-01-01T00:00:00Z',
  ])('cannot be %j', (text) => {
    expect(parseTime(text)).toBeUndefined();
  });
});
