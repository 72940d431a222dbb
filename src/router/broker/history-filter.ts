/*
 * The keywords of `wamp.subscription.get_events`. A keyword that is null counts as absent, and one that makes no sense is
 * refused by name. (A keyword that is not in `FILTER` was refused before.)
 */

import { bool, type Check, show } from '../../base/checks.ts';
import { ApplicationError } from '../../base/errors.ts';
import type { Dict, Id, Uri } from '../../base/words.ts';
import { id } from '../../protocol/checks.ts';
import { uriComplaint } from '../../protocol/uri.ts';

export interface Filter {
  /** Newest first. */
  readonly reverse: boolean;
  /** At most this many, from the beginning of the requested order. */
  readonly limit: number;
  readonly times: readonly ((time: number) => boolean)[];
  readonly topic: Uri | undefined;
  /** Publications; `from` and `until` are included in the answer, `after` and `before` are not. */
  readonly from: Id | undefined;
  readonly after: Id | undefined;
  readonly before: Id | undefined;
  readonly until: Id | undefined;
}

const comparisons: { readonly [key: string]: (time: number, bound: number) => boolean } = {
  from_time: (time, bound) => time >= bound,
  after_time: (time, bound) => time > bound,
  before_time: (time, bound) => time < bound,
  until_time: (time, bound) => time <= bound,
};

/** The keyword arguments of `wamp.subscription.get_events`. */
export const FILTER: readonly string[] = [
  'limit',
  'reverse',
  ...Object.keys(comparisons),
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
  const topic = read('topic', topicUri);
  const times = Object.entries(comparisons).flatMap(([key, holds]) => {
    const bound = parseTime(read(key, timeText));
    return bound === undefined ? [] : [(time: number) => holds(time, bound)];
  });
  return {
    reverse: read('reverse', bool) === true,
    limit: numberIn('limit', positive) ?? Number.POSITIVE_INFINITY,
    times,
    topic: typeof topic === 'string' ? topic : undefined,
    from: numberIn('from_publication', id),
    after: numberIn('after_publication', id),
    before: numberIn('before_publication', id),
    until: numberIn('until_publication', id),
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
