/*
 * The keywords of `wamp.subscription.get_events`. A keyword that is null counts as absent, and one that makes no sense is
 * refused by name. (A keyword that is not in `FILTER` was refused before.)
 */

import { bool, type Check, show } from '../../base/checks.ts';
import { ApplicationError } from '../../base/errors.ts';
import type { Dict } from '../../base/words.ts';
import { id } from '../../protocol/checks.ts';
import { uriComplaint } from '../../protocol/uri.ts';
import type { HistoryQuery } from '../store/store.ts';

export interface Filter {
  readonly query: HistoryQuery;
  /** At most this many, from the beginning of the requested order. */
  readonly limit: number;
}

/** The keyword arguments of `wamp.subscription.get_events`. */
export const FILTER: readonly string[] = [
  'limit',
  'reverse',
  'from_time',
  'after_time',
  'before_time',
  'until_time',
  'topic',
  'from_publication',
  'after_publication',
  'before_publication',
  'until_publication',
];

const positive: Check = (value) =>
  typeof value === 'number' && value > 0 && Math.floor(value) === value ? undefined : 'a positive integer';
const topicUri: Check = (value) => (uriComplaint(value) === undefined ? undefined : 'a URI');
const timeText: Check = (value) => (parseTime(value) === undefined ? 'a time as in RFC 3339' : undefined);

/** @throws {@link ApplicationError} `invalid_argument`, which names the keyword. */
export function readFilter(kwargs: Dict): Filter {
  const read = (key: string, check: Check): unknown => {
    const value = kwargs[key];
    if (value === undefined || value === null) return undefined;
    const expected = check(value);
    if (expected !== undefined)
      throw new ApplicationError('wamp.error.invalid_argument', [`${key}: expected ${String(expected)}, got ${show(value)}`]);
    return value;
  };
  const numberIn = (key: string, check: Check): number | undefined => {
    const value = read(key, check);
    return typeof value === 'number' ? value : undefined;
  };
  const timeIn = (key: string): number | undefined => parseTime(read(key, timeText));
  const topic = read('topic', topicUri);
  return {
    limit: numberIn('limit', positive) ?? Number.POSITIVE_INFINITY,
    query: {
      reverse: read('reverse', bool) === true,
      topic: typeof topic === 'string' ? topic : undefined,
      fromTime: timeIn('from_time'),
      afterTime: timeIn('after_time'),
      beforeTime: timeIn('before_time'),
      untilTime: timeIn('until_time'),
      from: numberIn('from_publication', id),
      after: numberIn('after_publication', id),
      before: numberIn('before_publication', id),
      until: numberIn('until_publication', id),
    },
  };
}

const RFC_3339 = /^(\d{4}-\d\d-\d\d)[Tt ]([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(\.\d+)?([Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))$/;

/** Milliseconds since 1970, with fractions; undefined if it is not an RFC 3339 date-time. */
export function parseTime(text: unknown): number | undefined {
  const parts = typeof text === 'string' ? RFC_3339.exec(text) : null;
  if (!parts) return undefined;
  const [, date = '', hours, minutes, seconds, fraction = '', , sign, offsetHours = 0, offsetMinutes = 0] = parts;
  const midnight = Date.parse(`${date}T00:00:00Z`);
  // Engines take 30 February for 1 March.
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== date) return undefined;
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * (sign === '-' ? -1 : 1);
  return midnight + ((Number(hours) * 60 + Number(minutes) - offset) * 60 + Number(seconds) + Number(`0${fraction}`)) * 1000;
}
